# SPDX-License-Identifier: Apache-2.0
"""Two accounts whose ids overlap feed one table: every row is of its own account, and so are the rows it refers to. On SQLite and on PostgreSQL."""
import unittest
from pathlib import Path

from support.databases import OnBothDatabases
from support.ledger import OUTCOMES, own
from support.project import Project
from support.simulator import Simulator

TABLES = """
create table people (id {id}, given_name text, family_name text);
create table visits (id {id}, person_id {number} references people (id), status text);
"""

PEOPLE = """
table: people
account: {account}
from: users
key: {{column: mt_id, {account_column}from: id}}
fields: {{given_name: first_name, family_name: last_name}}
"""

VISITS = """
table: visits
account: [north, south]
from: reservations
key: {column: mt_id, account_column: mt_account, from: id}
fields: {status: status}
relations:
  person_id: {to: people, by: [{external: user}]}
"""

PROJECT = """
syncline: 1
database: ${DATABASE_URL}
network: {allow_private: true}
accounts:
  north: {connector: marianatek, settings: {host: north, zone: UTC}, limits: {rate: 100000/s}, auth: [{api_key: {key: "${MT_API_KEY}"}}]}
  south: {connector: marianatek, settings: {host: south, zone: UTC}, limits: {rate: 100000/s}, auth: [{api_key: {key: "${MT_SOUTH_API_KEY}"}}]}
"""

SHIPPED = Path(__file__).resolve().parents[2] / "connectors/marianatek/connector.yaml"
ACCOUNTS = ("north", "south")


class TwoAccounts(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=5, rows={"users": 700, "reservations": 900}, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def project(self, kind):
        """A project whose two accounts are the simulator's two tenants; `people` has both of them."""
        database = self.database(kind, studio_app=False)
        sqlite = database.is_sqlite
        database.execute(TABLES.format(id="integer primary key" if sqlite else "bigserial primary key", number="integer" if sqlite else "bigint"))
        project = Project(self.folder / kind, database.url, self.simulator)
        project.write_env({**self.simulator.env, "MT_BASE_URL": self.simulator.url, "MT_SOUTH_API_KEY": self.simulator.env["MT_API_KEY"].replace("north", "south")})
        for folder in ("entities", "rules"):
            for file in (project.folder / folder).iterdir():
                file.unlink()
        (project.folder / "syncline.yaml").write_text(PROJECT)
        text = SHIPPED.read_text()
        base = "base_url: ${MT_BASE_URL:-https://${settings.host}}"
        self.assertEqual(text.count(base), 1)
        (project.folder / "connectors/marianatek").mkdir(parents=True)
        (project.folder / "connectors/marianatek/connector.yaml").write_text(text.replace(base, "base_url: ${MT_BASE_URL}/t/${settings.host}"))
        self.people(project, "[north, south]", "account_column: mt_account, ")
        (project.folder / "entities/visits.yaml").write_text(VISITS)
        return project, database

    def people(self, project, account, account_column):
        (project.folder / "entities/people.yaml").write_text(PEOPLE.format(account=account, account_column=account_column))

    def migrate(self, project):
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        self.assertEqual(project.run("plan", "--check").code, 0)

    def sync(self, project, *arguments, code=0):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, code, str(ended))
        for entity in ended.document["entities"]:
            self.assertEqual(entity["rows"], sum(entity[name] for name in OUTCOMES), entity)
        return {(entity["entity"], entity["account"]): entity for entity in ended.document["entities"]}

    def assert_people_equal_the_truth(self, database):
        for account in ACCOUNTS:
            truth = sorted((str(user["id"]), user["first_name"], user["last_name"]) for user in self.simulator.truth("users", account))
            there = sorted(tuple(row) for row in database.rows(f"select mt_id, given_name, family_name from people where mt_account = '{account}'"))
            self.assertEqual(there, truth)

    def test_each_account_has_its_rows_its_parents_and_its_line(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.simulator.reset(seed=5, rows={"users": 700, "reservations": 900})
                project, database = self.project(kind)
                self.assertEqual(project.run("lint").code, 0, str(project.run("lint")))
                self.migrate(project)
                first = self.sync(project)
                self.assertEqual(set(first), {(entity, account) for entity in ("people", "visits") for account in ACCOUNTS})
                self.assertTrue(all(entity["complete"] and entity["inserted"] == entity["rows"] > 0 for entity in first.values()), first)
                self.assert_people_equal_the_truth(database)
                self.assertGreater(int(database.value("select count(*) from (select mt_id from people group by mt_id having count(*) = 2) as both_have_it")), 500)
                self.assertEqual(int(database.value("select count(*) from visits v join people p on p.id = v.person_id where p.mt_account <> v.mt_account")), 0)
                self.assertGreater(int(database.value("select count(*) from visits where person_id is not null")), 1500)
                self.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_log')}")), 4)
                self.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_checkpoint')}")), 4)

                second = self.sync(project, "--full")
                self.assertTrue(all(entity["unchanged"] == entity["rows"] > 0 for entity in second.values()), second)
                changed = self.simulator.mutate("edit_user", tenant="south", id=next(iter(self.simulator.truth("users", "south")))["id"], first_name="Zadie")
                self.assertTrue(changed["changes"])
                third = self.sync(project)
                self.assertEqual((third["people", "north"]["updated"], third["people", "south"]["updated"]), (0, 1))
                self.assert_people_equal_the_truth(database)

    def test_one_account_that_fails_does_not_hold_up_the_other(self):
        project, database = self.project("sqlite")
        self.migrate(project)
        self.simulator.faults({"match": {"tenant": "south", "path": "/api/users"}, "action": "status", "status": 403, "every": 1})
        ended = project.run("sync", "--json")
        self.assertNotEqual(ended.code, 0)
        reports = {(entity["entity"], entity["account"]): entity for entity in ended.document["entities"]}
        self.assertEqual([reports["people", "north"]["exit"], reports["visits", "north"]["exit"]], [0, 0], str(ended))
        self.assertNotEqual(reports["people", "south"]["exit"], 0)
        self.assertIn("not begun", reports["visits", "south"]["note"])
        self.assertEqual(int(database.value("select count(*) from visits where mt_account = 'south'")), 0)

    def test_a_second_account_comes_to_a_table_that_had_one(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.simulator.reset(seed=5, rows={"users": 700, "reservations": 900})
                project, database = self.project(kind)
                (project.folder / "entities/visits.yaml").unlink()
                self.people(project, "north", "")
                self.migrate(project)
                self.sync(project)
                self.people(project, "[north, south]", "account_column: mt_account, ")
                self.migrate(project)
                grown = self.sync(project)
                self.assertEqual((grown["people", "north"]["inserted"], grown["people", "north"]["unchanged"]), (0, grown["people", "north"]["rows"]))
                self.assertEqual(grown["people", "south"]["inserted"], grown["people", "south"]["rows"])
                self.assert_people_equal_the_truth(database)


if __name__ == "__main__":
    unittest.main()
