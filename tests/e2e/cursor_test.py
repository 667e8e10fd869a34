# SPDX-License-Identifier: Apache-2.0
"""What changes around the cursor: in the same second as the newest record that was read, twice in one tick, and seen later than it is dated."""
import unittest
from datetime import datetime, timedelta, timezone

from support.checker import compare
from support.databases import OnBothDatabases
from support.project import Project
from support.simulator import Simulator

# A run reads at least the last seven days of this machine's clock. So long ago it is the cursor that decides from where on it reads, and what comes before it is found by the overlap alone.
LONG_AGO = datetime(2024, 3, 4, 12, tzinfo=timezone.utc)
OVERLAP, LEAST_REACH = timedelta(minutes=5), timedelta(days=7)
ROWS = {"reservations": 600, "users": 200}


class Cursor(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=31, rows=ROWS, rate=0, clock=LONG_AGO.isoformat())
        self.addCleanup(self.simulator.stop)

    def synced(self, kind, now=LONG_AGO):
        """A project that has read all there is, and changes at this very moment of the vendor's."""
        self.simulator.reset(seed=31, rows=ROWS)
        self.simulator.clock(set=now.isoformat())
        database = self.database(kind)
        project = Project(self.folder / kind, database.url, self.simulator)
        self.assertEqual(project.run("migrate").code, 0)
        self.simulator.mutate("cancel", tenant="north", count=5)
        self.sync(project)
        return project, database

    def sync(self, project):
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        return ended.entity("reservations")

    def assert_equals_truth(self, database):
        self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])

    def assert_read_from_the_cursor(self, report):
        """Otherwise more was read, and nothing of this is about a cursor."""
        self.assertEqual(datetime.fromisoformat(report["window"]["start"]), LONG_AGO - OVERLAP, report)

    # E2: records of the same second as the cursor
    def test_what_comes_in_the_same_second_as_the_cursor_is_read(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind)
                self.simulator.mutate("book", tenant="north", count=40)
                report = self.sync(project)
                self.assert_read_from_the_cursor(report)
                self.assertEqual(report["inserted"], 40, report)
                self.assert_equals_truth(database)

    # E4: a second update in the same tick
    def test_a_second_change_in_the_same_tick_is_read(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind)
                self.simulator.mutate("book", tenant="north", count=3)
                self.assertEqual(self.sync(project)["inserted"], 3)
                booked = self.newest_bookings(3)
                for number in booked:
                    self.simulator.mutate("cancel", tenant="north", id=number)
                report = self.sync(project)
                self.assert_read_from_the_cursor(report)
                self.assertEqual(report["updated"], 3, report)
                self.assert_equals_truth(database)

    def newest_bookings(self, count):
        """Their ids, from the vendor's journal."""
        made = [change["id"] for entry in self.simulator.log()["entries"] for change in entry.get("changes", []) if change["op"] == "insert" and change["resource"] == "reservations"]
        return made[-count:]

    # E3: a record that is seen later than it is dated
    def test_what_is_seen_later_than_it_is_dated_is_read(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind)
                self.simulator.clock(set=(LONG_AGO - OVERLAP + timedelta(seconds=1)).isoformat())
                self.simulator.mutate("book", tenant="north", count=4)
                self.simulator.clock(set=LONG_AGO.isoformat())
                report = self.sync(project)
                self.assert_read_from_the_cursor(report)
                self.assertEqual(report["inserted"], 4, report)
                self.assert_equals_truth(database)

    # E3: a record that is seen days later than it is dated
    def test_at_least_the_last_seven_days_are_read_however_new_the_cursor_is(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                now = datetime.now(timezone.utc).replace(microsecond=0)
                project, database = self.synced(kind, now)
                self.simulator.clock(set=(now - timedelta(days=6)).isoformat())
                self.simulator.mutate("book", tenant="north", count=4)
                self.simulator.clock(set=now.isoformat())
                before = datetime.now(timezone.utc)
                report = self.sync(project)
                start = datetime.fromisoformat(report["window"]["start"])
                self.assertLessEqual(before - LEAST_REACH, start)
                self.assertLessEqual(start, datetime.now(timezone.utc) - LEAST_REACH)
                self.assertEqual(report["inserted"], 4, report)
                self.assert_equals_truth(database)


if __name__ == "__main__":
    unittest.main()
