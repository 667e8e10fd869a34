# SPDX-License-Identifier: Apache-2.0
"""Every release of PostgreSQL that is served, really run: loading with all its tests, and the whole program from first sync to local edits."""
import os
import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from support import postgres, postgres_releases, syncline
from support.checker import compare
from support.database import Database
from support.postgres import Postgres
from support.project import Project
from support.simulator import Simulator

UNIT_TESTS = Path(syncline.PROGRAM).parent / "src"
# What speaks SQL of its own, of that PostgreSQL's part: the first two on every release, the others on the oldest and the newest.
SUITES = {"load_test": "*PostgreSQL*", "sql_test": "*Postgres*", "schema_test": "*PostgreSQL*:*Postgres*", "state_test": "*PostgreSQL*"}
EVERYWHERE, ENDS = ("load_test", "sql_test"), (postgres_releases.RELEASES[0], postgres_releases.RELEASES[-1])


class PostgresVersions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="syncline-postgres-releases-")
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)  # the server runs as another user
        cls.programs = {release: postgres_releases.programs(release, folder.name) for release in postgres_releases.RELEASES}
        cls.simulator = Simulator(seed=23, rows={"reservations": 1500, "users": 300}, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)

    def each_release(self):
        # Debian's is what every other test runs on.
        return ((release, folder) for release, folder in self.programs.items() if release != postgres_releases.DEBIAN)

    def test_the_server_is_the_one_that_was_chosen(self):
        for release, folder in self.each_release():
            with self.subTest(release), mock.patch.object(postgres, "BIN", folder), Postgres() as server:
                self.assertRegex(server.rows("show server_version")[0][0], rf"^{release}\.")

    def test_loading_and_all_that_speaks_sql(self):
        for release, folder in self.each_release():
            for suite, selection in SUITES.items():
                if suite not in EVERYWHERE and release not in ENDS:
                    continue
                with self.subTest(f"{suite} on {release}"):
                    started = time.monotonic()
                    ended = subprocess.run([UNIT_TESTS / suite, "--gtest_brief=1", f"--gtest_filter={selection}"], env={**os.environ, "SYNCLINE_TEST_POSTGRES": str(folder)}, capture_output=True, text=True)
                    self.assertEqual(ended.returncode, 0, ended.stdout[-4000:] + ended.stderr[-2000:])
                    passed = int(re.search(r"PASSED.* (\d+) test", ended.stdout).group(1))
                    self.assertGreater(passed, 20)
                    print(f"PostgreSQL {release}: {suite}, {passed} passed in {time.monotonic() - started:.0f} s", flush=True)

    def test_first_sync_second_sync_local_edits_and_changes_at_the_vendor(self):
        for release, folder in self.each_release():
            with self.subTest(release), mock.patch.object(postgres, "BIN", folder), Postgres() as server, tempfile.TemporaryDirectory(prefix="syncline-release-") as place:
                self.simulator.reset(seed=23, rows={"reservations": 1500, "users": 300})
                database = Database(server.create_database("studio"))
                database.make_studio_app()
                project = Project(Path(place) / "project", database.url, self.simulator)
                self.assertEqual(project.run("migrate").code, 0)

                first = self.sync(project)
                self.assertEqual(first.entity("customers")["inserted"], first.entity("customers")["rows"])
                self.assert_equals_truth(database)
                second = self.sync(project)
                for entity in second.document["entities"]:
                    self.assertEqual((entity["inserted"], entity["updated"], entity["rejected"]), (0, 0, 0), entity)

                database.execute("update customers set first_name = 'edited here' where mt_user_id in (select mt_user_id from customers where mt_user_id is not null order by 1 limit 5)")
                third = self.sync(project, "--full")
                self.assertEqual((third.entity("customers")["updated"], third.entity("customers")["local_edits"]), (5, 5))

                self.simulator.clock(advance_s=3600)
                for op, count in (("book", 7), ("cancel", 9), ("check_in", 5), ("reschedule", 2)):
                    self.simulator.mutate(op, tenant="north", count=count)
                self.simulator.mutate("edit_user", tenant="north", count=3, first_name="Zoë")
                fourth = self.sync(project)
                self.assertEqual(fourth.entity("reservations")["inserted"], 7)
                comparison = self.assert_equals_truth(database)
                print(f"PostgreSQL {release}: {comparison.rows} rows, {comparison.cells} cells equal the truth", flush=True)

    def sync(self, project, *arguments):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, 0, str(ended))
        return ended

    def assert_equals_truth(self, database):
        comparison = compare(database, lambda resource: self.simulator.truth(resource, "north"))
        self.assertEqual(comparison.differences, [])
        return comparison


if __name__ == "__main__":
    unittest.main()
