# SPDX-License-Identifier: Apache-2.0
"""From an empty folder to tables that equal the vendor's truth, and stay equal: on SQLite and on PostgreSQL."""
import unittest

from support.checker import TABLES, compare
from support.databases import OnBothDatabases
from support.project import Project
from support.simulator import Simulator

# The vendor's fields that a column is made of, by resource: a change of any other field must write nothing.
MAPPED = {"users": {"first_name", "last_name", "email", "phone_number", "account_balance", "marketing_opt_in"}, "locations": {"name", "timezone", "city", "currency_code"},
          "class_session_types": {"name", "duration", "enabled"}, "class_sessions": {"start_datetime", "capacity", "instructor_names", "class_session_type", "location"},
          "reservations": {"creation_date", "cancel_date", "status", "updated_datetime", "reserved_for_guest", "guest_email", "user", "class_session"}}
ENTITIES = {"customers": "customers", "locations": "locations", "class_types": "class_types", "classes": "classes", "reservations": "bookings"}


class FirstSync(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=11, rows={"reservations": 3000}, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def sync(self, project, *arguments, code=0):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, code, str(ended))
        for entity in ended.document["entities"]:
            self.assert_ledger_holds(entity)
        return ended

    def assert_ledger_holds(self, entity):
        self.assertEqual(entity["fetched"], entity["mapped"] + entity["filtered"] + entity["undecodable"], entity)
        outcomes = ("inserted", "updated", "unchanged", "adopted", "stale", "duplicate", "rejected", "waiting")
        self.assertEqual(entity["rows"], sum(entity[name] for name in outcomes), entity)

    def assert_equals_truth(self, database):
        comparison = compare(database, lambda resource: self.simulator.truth(resource, "north"))
        self.assertEqual(comparison.differences, [])
        self.assertEqual({table: ids for table, ids in comparison.unlandable.items() if ids}, {})
        return comparison

    def migrated(self, kind):
        database = self.database(kind)
        project = Project(self.folder / kind, database.url, self.simulator)
        self.assertEqual(project.run("lint").code, 0)
        self.assertEqual(project.run("plan", "--check").code, 24)
        self.assertEqual(project.run("migrate").code, 0)
        self.assertEqual(project.run("plan", "--check").code, 0)
        return project, database

    def test_a_second_migration_does_nothing(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, _ = self.migrated(kind)
                again = project.run("migrate", "--json")
                self.assertEqual((again.code, again.document["applied"], again.document["saved"]), (0, [], ""))
                self.assertEqual(len(list((project.folder / "migrations").iterdir())), 1)

    def test_first_inserts_all_second_nothing_third_what_has_changed(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.simulator.reset(seed=11, rows={"reservations": 3000})
                project, database = self.migrated(kind)
                own_rows = {table: list(database.rows(f"select * from {table} order by id")) for table in TABLES}
                own_columns = {table: len(rows[0]) for table, rows in own_rows.items()}

                first = self.sync(project)
                comparison = self.assert_equals_truth(database)
                for entity, table in ENTITIES.items():
                    report = first.entity(entity)
                    self.assertEqual(report["inserted"], report["rows"], report)
                    self.assertEqual(report["inserted"], int(database.value(f"select count(*) from {table} where {TABLES[table].key} is not null")))
                    self.assertTrue(report["complete"], report)
                print(f"{kind}: {comparison.rows} rows, {comparison.cells} cells equal the truth", flush=True)

                second = self.sync(project)
                for entity in ENTITIES:
                    report = second.entity(entity)
                    self.assertEqual((report["inserted"], report["updated"], report["rejected"]), (0, 0, 0), report)
                    self.assertEqual(report["unchanged"], report["rows"])

                changed = self.mutate()
                third = self.sync(project)
                for entity, table in ENTITIES.items():
                    report, expected = third.entity(entity), changed[TABLES[table].resource]
                    self.assertEqual((report["inserted"], report["updated"]), (len(expected["new"]), len(expected["old"])), f"{report} against {expected}")
                self.assert_equals_truth(database)
                for table, rows in own_rows.items():  # the app's own rows are as they were; only our columns stand behind them
                    now = [row[:own_columns[table]] for row in database.rows(f"select * from {table} where {TABLES[table].key} is null order by id")]
                    self.assertEqual(now, rows)

    def mutate(self):
        """Changes at the vendor; by resource, which ids are new and which old ones changed in a column that is mapped."""
        self.simulator.clock(advance_s=3600)
        for op, count in (("book", 7), ("cancel", 9), ("check_in", 5), ("no_show", 3), ("reschedule", 2), ("rename_class_type", 1)):
            self.simulator.mutate(op, tenant="north", count=count)
        self.simulator.mutate("edit_user", tenant="north", count=3, first_name="Zoë \\ \"Z\" 🙂")
        self.simulator.mutate("edit_user", tenant="north", count=3, account_balance=12.34)
        changed = {table.resource: {"new": set(), "old": set()} for table in TABLES.values()}
        for entry in self.simulator.log()["entries"]:
            for change in entry.get("changes", []):
                if change["op"] == "insert" or MAPPED.get(change["resource"], set()) & set(change["fields"]):
                    changed[change["resource"]]["new" if change["op"] == "insert" else "old"].add(change["id"])
        waitlist = {document["id"] for document in self.simulator.truth("reservations", "north") if document["reservation_type"] == "waitlist"}
        for ids in changed["reservations"].values():
            ids -= waitlist
        changed["reservations"]["old"] -= changed["reservations"]["new"]
        return changed

    def test_a_guest_finds_the_customer_who_took_the_address_when_everything_is_read_again(self):
        """A relation by e-mail is looked up when its record is read: an incremental run does not read old bookings again, a full one does."""
        for kind in self.KINDS:
            with self.subTest(kind):
                self.simulator.reset(seed=11, rows={"reservations": 3000})
                project, database = self.migrated(kind)
                self.sync(project)
                guest = next(document for document in self.simulator.truth("reservations", "north") if document["guest_email"] and document["reservation_type"] == "standard"
                             and database.value(f"select count(*) from bookings where customer_id is null and mt_reservation_id = '{document['id']}'") in (1, "1"))
                self.simulator.mutate("edit_user", tenant="north", id=self.users_with_own_address()[0], email="  " + guest["guest_email"].upper() + " ")
                self.sync(project, "--full")
                self.assertEqual(int(database.value(f"select count(*) from bookings where customer_id is not null and mt_reservation_id = '{guest['id']}'")), 1)
                self.assert_equals_truth(database)

    def users_with_own_address(self):
        return [document["id"] for document in self.simulator.truth("users", "north") if document["email"]]

    def test_a_dry_run_counts_and_keeps_nothing(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.migrated(kind)
                dry = self.sync(project, "--dry-run")
                self.assertEqual(dry.entity("customers")["inserted"], dry.entity("customers")["rows"])
                self.assertGreater(dry.entity("reservations")["inserted"], 2000)
                self.assertEqual(int(database.value("select count(*) from bookings where mt_reservation_id is not null")), 0)
                first = self.sync(project)
                self.assertEqual(first.entity("reservations")["inserted"], dry.entity("reservations")["inserted"])

    def test_dates_bound_the_stream_that_can_be_bounded(self):
        project, database = self.migrated("sqlite")
        self.sync(project)
        self.simulator.clock(advance_s=40 * 86400)
        self.simulator.mutate("cancel", tenant="north", count=6)
        bounded = self.sync(project, "reservations", "--start-date", "2026-04-01")
        report = bounded.entity("reservations")
        self.assertLess(report["fetched"], 20)
        self.assertEqual(report["window"]["start"], "2026-04-01T05:00:00Z")  # midnight in Chicago
        whole = self.sync(project, "customers", "--start-date", "2026-04-01").entity("customers")
        self.assertIn("cannot be bounded", whole["note"])
        self.assert_equals_truth(database)


if __name__ == "__main__":
    unittest.main()
