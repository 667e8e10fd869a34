# SPDX-License-Identifier: Apache-2.0
"""Rejects and links that are tried again: of which account, of which element, how old, and under which mapping."""
import unittest

from support.databases import OnBothDatabases
from support.ledger import own
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor

STREAMS = {name: f"{{get: /{name}, records: {{json: .}}, paginate: none, key: id}}" for name in ("people", "visits", "orders")}
TABLES = """
create table people (id {id}, name text, boss_id integer);
create table visits (id {id}, status text, changed_at {time});
create table items (id {id}, kind text, price text);
"""
PEOPLE = """table: people
account: {account}
from: people
key: {{column: crm_id, {account_column}from: id}}
fields: {{name: name}}
relations:
  boss_id: {{to: people, by: [{{external: boss}}], missing: null}}
"""
VISITS = """table: visits
account: {account}
from: visits
key: {{column: crm_id, {account_column}from: id}}
{version}fields:
  status: {{from: status, values: {{open: open}}, otherwise: reject}}
"""
ITEMS = """table: items
account: main
from: orders
each: items
key: {column: crm_id, parts: [record.id, n]}
fields:
  kind: {from: kind, values: {open: open}, otherwise: reject}
  price: price
"""
OLD, NEW = "values: {open: open}", "values: {open: open, new: fresh}"
BOTH = {"account": "[north, south]", "account_column": "account_column: account, "}
ONE = {"account": "main", "account_column": ""}


class Replay(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.answers = {}

        def answer(request):
            account = request.headers["authorization"].rpartition("-")[2]
            return Answer(body=self.answers.get((account, request.path.strip("/")), []))

        vendor = ScriptedVendor(answer)
        self.addCleanup(vendor.stop)
        self.vendor = vendor

    def made(self, kind, entities, accounts=("main",)):
        database = self.database(kind, studio_app=False)
        postgres = kind == "postgresql"
        database.execute(TABLES.format(id="serial primary key" if postgres else "integer primary key", time="timestamptz" if postgres else "datetime"))
        project = ScriptedProject(self.folder / f"{kind}{self._databases}", database.url, self.vendor.url, STREAMS, entities, accounts)
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        self.answers.clear()
        return project, database

    def says(self, stream, *records, account="main"):
        self.answers[account, stream] = list(records)

    def sync(self, project, code, *arguments):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, code, str(ended))
        return ended.document["run"]

    def retry(self, project, run, code, entity):
        ended = project.run("retry", run, "--json")
        self.assertEqual(ended.code, code, str(ended))
        return next(report for report in ended.document["entities"] if report["entity"] == entity and report["rows"] + report["fetched"] > 0)

    def left(self, project, run):
        return [(reject["key"], reject["code"]) for reject in project.run("rejects", run, "--json").document["rejects"]]

    def test_what_another_account_has_written_since_does_not_supersede_a_reject(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"visits": VISITS.format(version="", **BOTH)}, ("north", "south"))
                self.says("visits", {"id": "v1", "status": "new"}, account="north")
                run = self.sync(project, 10)
                self.says("visits", account="north")
                self.says("visits", {"id": "v1", "status": "open"}, account="south")
                self.sync(project, 0)
                project.edit("entities/visits.yaml", OLD, NEW)
                report = self.retry(project, run, 0, "visits")
                self.assertEqual((report["account"], report["inserted"], report["stale"]), ("north", 1, 0))
                self.assertEqual([tuple(row) for row in database.rows("select account, crm_id, status from visits order by account")], [("north", "v1", "fresh"), ("south", "v1", "open")])

    def test_a_link_goes_with_its_row_though_another_account_has_one_of_that_id(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"people": PEOPLE.format(**BOTH)}, ("north", "south"))
                for account in ("north", "south"):
                    self.says("people", {"id": "p1", "name": "Ann", "boss": "p9"}, account=account)
                self.sync(project, 0)
                self.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_waiting')} where kind = 'link'")), 2)
                database.execute("delete from people where account = 'north'")
                self.says("people", {"id": "p9", "name": "Bob"}, account="north")
                self.sync(project, 0)
                self.assertEqual([tuple(row) for row in database.rows("select account, crm_id from people order by account, crm_id")], [("north", "p9"), ("south", "p1")])
                self.assertEqual([tuple(row) for row in database.rows(f"select account, key from {own(database, 'sync_waiting')}")], [("south", "p1")])

    def test_a_newer_reject_lands_over_an_older_row_that_was_written_since(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"visits": VISITS.format(version="version: {column: changed_at, from: at}\n", **ONE)})
                self.says("visits", {"id": "v1", "status": "new", "at": "2026-03-02T12:00:00Z"}, {"id": "v2", "status": "new", "at": "2026-03-02T12:00:00Z"})
                run = self.sync(project, 10)
                self.says("visits", {"id": "v1", "status": "open", "at": "2026-03-01T12:00:00Z"}, {"id": "v2", "status": "open", "at": "2026-03-03T12:00:00Z"})
                self.sync(project, 0)
                project.edit("entities/visits.yaml", OLD, NEW)
                report = self.retry(project, run, 0, "visits")
                self.assertEqual((report["updated"], report["stale"]), (1, 1))
                self.assertEqual([tuple(row) for row in database.rows("select crm_id, status from visits order by crm_id")], [("v1", "fresh"), ("v2", "open")])
                self.assertEqual(self.left(project, run), [("v2", "superseded")])

    def test_of_a_record_with_several_rows_only_the_one_that_was_rejected_is_tried_again(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"items": ITEMS})
                self.says("orders", {"id": "o1", "items": [{"n": 1, "kind": "open", "price": "5"}, {"n": 2, "kind": "new", "price": "6"}, {"n": 3, "kind": "odd", "price": "7"}]})
                run = self.sync(project, 10)
                self.assertEqual(self.left(project, run), [("o1:2", "unknown_value"), ("o1:3", "unknown_value")])
                database.execute("update items set price = 'by hand'")
                project.edit("entities/items.yaml", OLD, NEW)
                report = self.retry(project, run, 10, "items")
                self.assertEqual([report[name] for name in ("rows", "inserted", "stale", "rejected")], [2, 1, 0, 1])
                self.assertEqual([tuple(row) for row in database.rows("select crm_id, price from items order by crm_id")], [("o1:1", "by hand"), ("o1:2", "6")])
                self.assertEqual(self.left(project, run), [("o1:3", "unknown_value")])

    def test_a_reject_that_the_database_refuses_again_stays_and_says_the_new_reason(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"visits": VISITS.format(version="", **ONE)})
                database.execute("create unique index one_status on visits (status)")
                self.says("visits", {"id": "v1", "status": "new"}, {"id": "v2", "status": "new"}, {"id": "v3", "status": "open"})
                run = self.sync(project, 10)
                project.edit("entities/visits.yaml", OLD, NEW)
                report = self.retry(project, run, 10, "visits")
                self.assertEqual((report["inserted"], report["rejected"]), (1, 1))
                self.assertEqual(self.left(project, run), [("v2", "23505")])
                database.execute("drop index one_status")
                self.assertEqual(self.retry(project, run, 0, "visits")["inserted"], 1)
                self.assertEqual(self.left(project, run), [])

    def test_rejects_of_an_entity_that_is_no_more_stay_and_are_named(self):
        project, _ = self.made("sqlite", {"visits": VISITS.format(version="", **ONE), "people": PEOPLE.format(**ONE)})
        self.says("visits", {"id": "v1", "status": "new"})
        run = self.sync(project, 10)
        (project.folder / "entities/visits.yaml").unlink()
        ended = project.run("retry", run, "--json")
        self.assertEqual(ended.code, 10, str(ended))
        self.assertIn(f"rejects of run {run} stay: there is no entities/visits.yaml any more", ended.entity("visits")["note"])
        self.assertEqual(self.left(project, run), [("v1", "unknown_value")])

    def test_what_waits_is_judged_by_the_mapping_of_the_day(self):
        waiting = PEOPLE.format(**ONE).replace("missing: null", "missing: wait")
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.made(kind, {"people": waiting})
                self.says("people", {"id": "p1", "name": "Ann", "boss": "p9"}, {"id": "p2", "name": "Ben", "boss": "p9"}, {"id": "p3", "name": "Cid", "boss": "p9"})
                self.sync(project, 11)
                # One is filtered out from now on, one makes no row any more, and the third waits on.
                project.edit("entities/people.yaml", "fields: {name: name}", "where: {name: {one_of: [Ben, Cid]}}\nfields: {name: {from: name, values: {Cid: Cid}, otherwise: reject}}")
                self.says("people")
                run = self.sync(project, 11)
                self.assertEqual(self.left(project, run), [("p2", "unknown_value")])
                self.assertEqual([row[0] for row in database.rows(f"select key from {own(database, 'sync_waiting')}")], ["p3"])


if __name__ == "__main__":
    unittest.main()
