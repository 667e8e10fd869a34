# SPDX-License-Identifier: Apache-2.0
"""Through PgBouncer in transaction mode (1.18 keeps no prepared statements there): it works, and leaves nothing in the sessions others get."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import pgbouncer, syncline
from support.background import Background
from support.checker import compare
from support.database import Database
from support.pgbouncer import PgBouncer
from support.postgres import Postgres
from support.project import Project
from support.simulator import Simulator

LOAD_TEST = Path(syncline.PROGRAM).parent / "src" / "load_test"
# One ends another session of the server, and through a pooler it cannot be told whose that is; others log in as roles that the pooler does not know.
SELECTION = "*PostgreSQL*-*ALostConnectionIsMadeAnew*:*AForeignKeyToATableThatMayNotBeRead*:*AForeignKeyToATableWithRowLevelSecurity*:*Guarded*"
# All that a session can keep for the next client.
LEFT_BEHIND = """select (select count(*) from pg_prepared_statements), (select count(*) from pg_locks where locktype = 'advisory'), (select count(*) from pg_class where relpersistence = 't'),
  (select count(*) from pg_listening_channels()), (select count(*) from pg_cursors where name <> '_psql_cursor'), current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
  current_setting('default_transaction_isolation'), current_setting('enable_hashjoin'), current_setting('TimeZone'), current_setting('DateStyle'), pg_backend_pid()"""


class ThroughPgBouncer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.simulator = Simulator(seed=29, rows={"reservations": 1500, "users": 300}, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="syncline-pooled-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def pooled(self, sessions):
        """A project whose database is reached through a pooler; the pooler, the project, and the database as others see it."""
        pooler = PgBouncer(self.postgres, sessions)
        self.addCleanup(pooler.stop)
        database = Database(self.postgres.create_database())
        database.make_studio_app()
        return pooler, Project(self.folder / "project", pooler.url(database.url), self.simulator), database

    def sync(self, project, *arguments):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, 0, str(ended))
        return ended

    def assert_equals_truth(self, database):
        self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])

    # F14: PgBouncer in transaction mode: no advisory lock, setting, prepared statement, temporary table or cursor stays with the session
    def test_migrate_and_syncs_leave_nothing_in_the_session_that_others_get(self):
        pooler, project, database = self.pooled(sessions=1)
        through = Database(pooler.url(database.url))
        before = list(through.rows(LEFT_BEHIND))
        self.assertEqual(before[0][:5], ["0"] * 5)
        self.assertEqual(project.run("migrate").code, 0)
        first = self.sync(project)
        self.assertEqual(first.entity("customers")["inserted"], first.entity("customers")["rows"])
        database.execute("update customers set first_name = 'edited here' where mt_user_id in (select mt_user_id from customers where mt_user_id is not null order by 1 limit 5)")
        self.assertEqual(self.sync(project, "--full").entity("customers")["updated"], 5)
        self.assertEqual(list(through.rows(LEFT_BEHIND)), before)
        self.assert_equals_truth(database)

    # F14: what others leave in the session does not change what is written
    def test_what_others_leave_in_the_session_does_no_harm(self):
        pooler, project, database = self.pooled(sessions=1)
        self.assertEqual(project.run("migrate").code, 0)
        through = Database(pooler.url(database.url))
        through.execute("set timezone = 'Pacific/Chatham'; set datestyle = 'German'; set extra_float_digits = 0; set default_transaction_isolation = 'serializable'; set intervalstyle = 'sql_standard'; "
                        "prepare syncline_1 as select 1; create temporary table syncline_stage_other (a integer); select pg_advisory_lock(1)")
        self.sync(project)
        self.assert_equals_truth(database)
        self.assertEqual(sum(entity["inserted"] + entity["updated"] for entity in self.sync(project, "--full").document["entities"]), 0)

    # F14: two runs share sessions
    def test_two_syncs_at_once_share_two_sessions(self):
        pooler, project, database = self.pooled(sessions=2)
        self.assertEqual(project.run("migrate").code, 0)
        for number in range(3):
            with self.subTest(number), Background(project, "sync", "customers", "--json") as one, Background(project, "sync", "class_types", "locations", "classes", "--json") as other:
                for run in (one, other):
                    ended, _ = run.end()
                    self.assertEqual(ended.code, 0, str(ended))
        self.sync(project)
        self.assert_equals_truth(database)

    # F14: the lease is a row, so it holds through a pooler, too
    def test_of_two_runs_of_one_entity_the_second_is_told_so(self):
        pooler, project, database = self.pooled(sessions=2)
        self.assertEqual(project.run("migrate").code, 0)
        self.simulator.faults({"match": {"path": "/api/customers"}, "action": "status", "status": 429, "retry_after": 60, "count": 1}, {"match": {"path": "/api/users"}, "action": "status", "status": 429, "retry_after": 60, "count": 1})
        self.addCleanup(self.simulator.faults)
        with Background(project, "sync", "customers", "--json") as first:
            first.until(lambda: int(database.value("select count(*) from syncline.sync_lease where name like '%customers%' and holder <> ''")) == 1, "the lease is taken")
            second = project.run("sync", "customers", "--json")
            self.assertEqual(second.code, 26, str(second))

    # F14: every rule of loading, through the pooler
    def test_loading_with_all_its_tests(self):
        if not pgbouncer.PROGRAM.exists():
            self.skipTest("package pgbouncer is not installed")
        ended = subprocess.run([LOAD_TEST, "--gtest_brief=1", f"--gtest_filter={SELECTION}"], env={**os.environ, "SYNCLINE_TEST_POOLER": str(pgbouncer.PROGRAM)}, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 0, ended.stdout[-4000:] + ended.stderr[-2000:])
        print(ended.stdout.splitlines()[-1], flush=True)


if __name__ == "__main__":
    unittest.main()
