# SPDX-License-Identifier: Apache-2.0
"""`batch_rows:` pins how many rows a transaction has; without it they adapt."""
import unittest

from support.databases import OnBothDatabases
from support.ledger import own
from support.project import Project
from support.simulator import Simulator

ROWS = {"users": 1230, "reservations": 20, "class_sessions": 10}


class BatchRows(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=7, rows=ROWS, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def project(self, kind, project_line="", entity_line=""):
        database = self.database(kind)
        project = Project(self.folder / f"project-{self._databases}", database.url, self.simulator)
        for file, line in (("syncline.yaml", project_line), ("entities/customers.yaml", entity_line)):
            with open(project.folder / file, "a", encoding="utf-8") as out:
                out.write(line)
        self.assertEqual(project.run("migrate").code, 0)
        return project, database

    def transactions(self, project, database):
        ended = project.run("sync", "customers", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        return int(database.value(f"select transactions from {own(database, 'sync_log')} where run = (select max(run) from {own(database, 'sync_log')})"))

    def test_every_transaction_has_so_many_rows_and_the_last_the_rest(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.project(kind, entity_line="batch_rows: 50\n")
                users = sum(1 for _ in self.simulator.truth("users", "north"))
                # Its last word on the sweep is a transaction without rows.
                self.assertEqual(self.transactions(project, database), -(-users // 50) + 1)
                self.assertEqual(int(database.value("select count(*) from customers where mt_user_id is not null")), users)
                if kind == "postgresql":
                    sizes = [int(row[0]) for row in database.rows("select count(*) from customers where sync_xid is not null group by sync_xid::text order by min(id)")]
                    self.assertEqual(set(sizes[:-1]), {50}, sizes)
                    self.assertEqual(sizes[-1], users % 50 or 50)

    def test_the_projects_number_is_for_entities_that_say_nothing(self):
        project, database = self.project("sqlite", project_line="batch_rows: 100\n")
        users = sum(1 for _ in self.simulator.truth("users", "north"))
        self.assertEqual(self.transactions(project, database), -(-users // 100) + 1)
        with open(project.folder / "entities/customers.yaml", "a", encoding="utf-8") as out:
            out.write("batch_rows: 100000\n")
        self.assertEqual(self.transactions(project, database), 2)

    def test_a_number_out_of_bounds_is_refused_where_it_stands(self):
        project, _ = self.project("sqlite")
        with open(project.folder / "entities/customers.yaml", "a", encoding="utf-8") as out:
            out.write("batch_rows: 49\n")
        ended = project.run("sync", "customers")
        self.assertEqual(ended.code, 20, str(ended))
        self.assertRegex(ended.stdout + ended.stderr, r"entities/customers\.yaml:\d+:13: `batch_rows` is 50 to 100,000, not 49")


if __name__ == "__main__":
    unittest.main()
