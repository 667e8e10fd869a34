# SPDX-License-Identifier: Apache-2.0
"""Rows whose record is gone at the vendor: deleted, marked, or left alone, but never on the word of a sweep that was not whole."""
import re
import signal
import unittest
from itertools import product

from support.background import Background
from support.databases import OnBothDatabases
from support.ledger import own
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor
from support.simulator import Simulator

ROWS = {"users": 1200, "reservations": 60, "class_sessions": 40}


class Deletes(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=5, rows=ROWS, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def synced(self, kind, deletes):
        """A project whose customers have that `deletes:`, with everything in its tables."""
        self.simulator.reset(seed=5, rows=ROWS)
        self.simulator.faults()
        self.simulator.knobs(drift="none", count_wobble=0)
        database = self.database(kind)
        project = Project(self.folder / f"project-{self._databases}", database.url, self.simulator)
        database.execute("alter table customers add column deleted_at " + ("timestamptz" if kind == "postgresql" else "timestamp"))
        with open(project.folder / "entities/customers.yaml", "a", encoding="utf-8") as file:
            file.write(f"deletes: {deletes}\n")
        self.assertEqual(project.run("migrate").code, 0)
        first = self.sync(project)
        self.assertEqual(first["deleted"], 0, first)
        return project, database

    def sync(self, project, *arguments, code=0):
        ended = project.run("sync", "customers", "--json", *arguments)
        self.assertEqual(ended.code, code, str(ended))
        return ended.entity("customers")

    def gone(self, count, resource="users"):
        return [change["id"] for change in self.simulator.mutate("hard_delete", tenant="north", resource=resource, count=count)["changes"]]

    def keys(self, database, condition="true"):
        return {str(row[0]) for row in database.rows(f"select mt_user_id from customers where mt_user_id is not null and {condition}")}

    def truth(self):
        return {str(document["id"]) for document in self.simulator.truth("users", "north")}

    def test_a_hard_delete_makes_the_table_equal_to_the_truth_and_leaves_the_app_its_own_rows(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                own = database.value("select count(*) from customers where mt_user_id is null")
                self.gone(7)
                report = self.sync(project)
                self.assertEqual(report["deleted"], 7, report)
                self.assertTrue(report["complete"])
                self.assertIn("weak pagination: read 2 times", report["note"])
                self.assertEqual(self.keys(database), self.truth())
                self.assertEqual(database.value("select count(*) from customers where mt_user_id is null"), own)
                self.assertEqual(self.sync(project)["deleted"], 0)

    # E9: a deleted row comes back
    def test_a_record_that_comes_back_is_undeleted_and_what_the_user_deleted_is_not(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{soft: deleted_at}")
                ids = self.gone(4)
                users = sorted(self.truth())[0]
                database.execute(f"update customers set deleted_at = '2026-01-01T00:00:00Z' where mt_user_id = '{users}'")
                report = self.sync(project)
                self.assertEqual(report["deleted"], 4, report)
                self.assertEqual(self.keys(database, "deleted_at is not null"), {str(id) for id in ids} | {users})
                self.simulator.mutate("restore", tenant="north", resource="users", id=ids[0])
                report = self.sync(project)
                self.assertEqual((report["updated"], report["deleted"]), (1, 0), report)
                self.assertEqual(self.keys(database, "deleted_at is not null"), {str(id) for id in ids[1:]} | {users})

    # E7: a full snapshot returns 0 or 40 % of rows
    def test_a_mass_delete_is_refused_until_it_is_allowed_by_number(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                before = self.keys(database)
                self.gone(500)
                refused = self.sync(project, code=25)
                self.assertEqual((refused["deleted"], self.keys(database)), (0, before))
                message = refused["errors"][0]["message"]
                self.assertIn("500 of 1,200 rows have no record at the source any more", message)
                self.assertIn("--allow-mass-delete 500", message)
                dry = self.sync(project, "--dry-run", "--allow-mass-delete", "500")
                self.assertEqual((dry["deleted"], self.keys(database)), (500, before))
                self.sync(project, "--allow-mass-delete", "499", code=25)
                self.assertEqual(self.keys(database), before)
                self.assertEqual(self.sync(project, "--allow-mass-delete", "500")["deleted"], 500)
                self.assertEqual(self.keys(database), self.truth())

    def test_rows_that_the_database_keeps_count_among_the_rejected_ones(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                users = self.gone(5)
                database.execute("create table complaints (customer_id bigint references customers (id))")
                database.execute(f"insert into complaints select id from customers where mt_user_id in ('{users[0]}', '{users[1]}')")
                ended = project.run("sync", "customers")
                self.assertEqual(ended.code, 10, str(ended))
                self.assertIn("3 deleted   2 not deleted", ended.stdout)
                self.assertIn("2 rows rejected: they could not be deleted; `syncline rejects 2` shows them; `syncline sync --full` tries to delete again.   run 2, exit 10", ended.stdout)
                self.assertIn("2 not deleted", project.run("log", "2").stdout)
                self.assertEqual(len(project.run("rejects", "2", "--json").document["rejects"]), 2)
                self.assertEqual(project.run("retry", "2").stdout, "2 rejects of run 2 are deletes, of which there is no record to try; `syncline sync --full` tries them again\n")
                database.execute("delete from complaints")
                report = self.sync(project, "--full")
                self.assertEqual((report["deleted"], report["not_deleted"], report["errors_count"]), (2, 0, 0), report)
                self.assertEqual(self.keys(database), self.truth())

    # E7, A16: an empty list
    def test_an_empty_list_deletes_nothing(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                before = self.keys(database)
                self.simulator.faults({"match": {"path": "/api/users"}, "action": "empty_page", "every": 1})
                report = self.sync(project, code=11)
                self.assertEqual((report["deleted"], self.keys(database)), (0, before))
                self.assertIn("the source declared 1,200 records and 0 different ones came", report["note"])

    # E7, A16: the source itself says that there is nothing
    def test_a_list_that_is_declared_to_be_empty_deletes_nothing_until_it_is_allowed(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                people = [str(number) for number in range(1, 6)]
                with ScriptedVendor(lambda request: self.page(people, len(people))) as vendor:
                    project, database = self.synced_with(vendor, kind)
                    before = self.keys(database)
                    self.assertEqual(before, set(people))
                    people.clear()
                    for _ in range(2):
                        refused = self.sync(project, code=25)
                        self.assertEqual((refused["fetched"], refused["deleted"], self.keys(database)), (0, 0, before), refused)
                        self.assertIn("5 of 5 rows have no record at the source any more", refused["errors"][0]["message"])
                    self.assertEqual(self.sync(project, "--allow-mass-delete", "5")["deleted"], 5)
                    self.assertEqual(self.keys(database), set())

    def test_a_run_with_a_window_deletes_nothing(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                before = self.keys(database)
                self.gone(3)
                for window in (("--days", "30"), ("--start-date", "2020-01-01")):
                    self.assertEqual(self.sync(project, *window)["deleted"], 0)
                    self.assertEqual(self.keys(database), before)
                self.assertEqual(self.sync(project)["deleted"], 3)

    # E8: a kill in the middle of a snapshot
    def test_a_sweep_that_a_kill_has_cut_in_two_deletes_nothing(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                before = self.keys(database)
                self.gone(3)
                self.simulator.faults({"match": {"path": "/api/users", "page": 3}, "action": "delay", "delay_ms": 60000})
                with Background(project, "sync", "customers", "--json") as run:
                    run.until(lambda: int(database.value(f"select coalesce(max(position_read), 0) from {own(database, 'sync_checkpoint')} where entity = 'customers'")) > 0, "a page is stored")
                    run.signal(signal.SIGKILL)
                    run.end()
                self.simulator.faults()
                resumed = self.sync(project)
                self.assertIn("nothing is deleted: an earlier run has read the first part of this sweep", resumed["note"])
                self.assertEqual((resumed["deleted"], self.keys(database)), (0, before))
                self.assertEqual(self.sync(project)["deleted"], 3)

    # E1: the list moves while it is paged by offset
    def test_a_list_that_moves_while_it_is_read_deletes_nothing_that_is_there(self):
        for kind, drift in product(self.KINDS, ("delete", "both")):
            with self.subTest(f"{kind} {drift}"):
                project, database = self.synced(kind, "{hard: true}")
                before, truth = self.keys(database), self.truth()
                self.simulator.knobs(drift=drift, drift_rows=3)
                self.sync(project, code=11)
                self.simulator.knobs(drift="none")
                self.assertLessEqual(before - self.keys(database), truth - self.truth())
                self.sync(project)
                self.assertEqual(self.keys(database), self.truth())

    # E1: one row goes from a page that was read and one comes behind: the count stays as it was
    def test_a_hole_in_a_sweep_whose_count_is_right_is_found_by_the_second_pass(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                people = [str(number) for number in range(1, 13)]
                passes = []

                def answer(request):
                    page = int(request.query.get("page", "1"))
                    if page == 1:
                        passes.append(1)
                        if len(passes) == 2:  # the second sync: 2 is gone while page 1 has been read, and 13 has come
                            served, rest = people[:5], [id for id in people if id != "2"] + ["13"]
                            people[:] = rest
                            return self.page(served, len(rest))
                    return self.page(people[(page - 1) * 5:page * 5], len(people))

                with ScriptedVendor(answer) as vendor:
                    project, database = self.synced_with(vendor, kind)
                    self.assertEqual(self.keys(database), set(people))
                    report = self.sync(project)
                    # 6 slid to page 1 and 2 came although it was gone: the first pass alone would have deleted 6, and kept 2.
                    self.assertIn("6", self.keys(database))
                    self.assertIn("weak pagination", report["note"])
                    self.sync(project)
                    self.assertEqual(self.keys(database), set(people))

    def synced_with(self, vendor, kind):
        """A project that has read a scripted vendor's users, with `deletes: {hard: true}`."""
        database = self.database(kind)
        project = Project(self.folder / f"scripted-{self._databases}", database.url)
        project.write_env({**self.simulator.env, "MT_BASE_URL": vendor.url})
        with open(project.folder / "entities/customers.yaml", "a", encoding="utf-8") as file:
            file.write("deletes: {hard: true}\n")
        self.assertEqual(project.run("migrate").code, 0)
        self.sync(project)
        return project, database

    @staticmethod
    def page(ids, count):
        users = [{"type": "users", "id": id, "attributes": {"first_name": "A", "last_name": "B", "email": f"a{id}@example.com", "phone_number": "", "account_balance": 0,
                                                             "marketing_opt_in": True}} for id in ids]
        return Answer(body={"data": users, "meta": {"pagination": {"count": count, "pages": max(1, -(-count // 5)), "page": 1, "per_page": 5}}}, headers={"Content-Type": "application/vnd.api+json"})

    def test_elements_that_left_a_record_go_and_those_of_records_that_say_nothing_stay(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                orders = {"1": ["a", "b"], "2": ["c"], "3": ["d", "e"], "4": ["f"]}

                def answer(_):
                    data = [{"type": "orders", "id": id, "attributes": {} if labels is None else {"payment_sources": [{"label": label} for label in labels]}} for id, labels in orders.items()]
                    return Answer(body={"data": data, "meta": {"pagination": {"count": len(data), "pages": 1, "page": 1, "per_page": 500}}}, headers={"Content-Type": "application/vnd.api+json"})

                with ScriptedVendor(answer) as vendor:
                    database = self.database(kind, studio_app=False)
                    number = "bigint generated by default as identity primary key" if kind == "postgresql" else "integer primary key"
                    database.execute(f"create table sales (id {number})")
                    database.execute(f"create table sale_tenders (id {number}, sale_id bigint references sales, method text)")
                    project = Project(self.folder / f"tenders-{kind}", database.url)
                    project.write_env({**self.simulator.env, "MT_BASE_URL": vendor.url})
                    for file in (project.folder / "entities").iterdir():
                        file.unlink()
                    (project.folder / "entities/sales.yaml").write_text("table: sales\naccount: studio\nfrom: orders\nkey: {column: mt_order_id, from: id}\n")
                    (project.folder / "entities/tenders.yaml").write_text(
                        "table: sale_tenders\naccount: studio\nfrom: orders\neach: payment_sources\nkey: {column: mt_key, parts: [record.id, label]}\n"
                        "fields: {method: label}\nrelations:\n  sale_id: {to: sales, by: [{external: record.id}], missing: reject}\n"
                        "deletes: {hard: true, within: sale_id}\n")
                    self.assertEqual(project.run("migrate").code, 0)
                    self.assertEqual(project.run("sync").code, 0)
                    methods = lambda: "".join(row[0] for row in database.rows("select method from sale_tenders order by method"))
                    self.assertEqual(methods(), "abcdef")
                    orders.update({"1": ["b", "x"], "2": [], "3": None})
                    del orders["4"]  # a record that was not read says nothing of its elements
                    dry = project.run("sync", "tenders", "--json", "--dry-run")
                    self.assertEqual((dry.entity("tenders")["deleted"], methods()), (2, "abcdef"), str(dry))
                    ended = project.run("sync", "--json")
                    self.assertEqual((ended.code, ended.entity("tenders")["deleted"], methods()), (0, 2, "bdefx"), str(ended))

    def test_records_that_do_not_become_rows_are_there_all_the_same(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, "{hard: true}")
                kept = sorted(self.keys(database))[0]
                self.simulator.faults({"match": {"path": "/api/users"}, "action": "set_attribute", "id": kept, "attribute": "account_balance", "value": "no money", "every": 1})
                report = self.sync(project, code=10)
                self.assertEqual((report["rejected"], report["deleted"]), (1, 0), report)
                self.assertIn(kept, self.keys(database))

    def test_what_deletes_says_is_checked_where_it_stands(self):
        project, database = self.synced("sqlite", "{hard: true}")
        project.edit("entities/customers.yaml", "deletes: {hard: true}", "deletes: {soft: gone_at}")
        ended = project.run("plan")
        self.assertEqual(ended.code, 24, str(ended))
        self.assertTrue(re.search(r"entities/customers\.yaml:\d+:10: customers has no column `gone_at` for `deletes`", ended.stdout + ended.stderr), str(ended))


if __name__ == "__main__":
    unittest.main()
