# SPDX-License-Identifier: Apache-2.0
"""Migrations that are killed midway, and several at once: each file is applied whole, once, or not at all."""
import contextlib
import signal
import sqlite3
import subprocess
import unittest

from support.background import Background
from support.databases import OnBothDatabases
from support.ledger import own
from support.postgres import psql_command
from support.processes import die_with_parent
from support.scripted_project import ScriptedProject

ENTITY = """table: {name}
account: main
from: goods
key: {{column: crm_id, from: id}}
fields: {{name: name, size: {{from: size, type: integer}}, color: color}}
"""
TABLES = ("goods", "shelves", "rooms")
MIGRATORS = 4


@contextlib.contextmanager
def session(database, sql):
    """A session of PostgreSQL that has done this and stays open."""
    command = psql_command(database.url, "--tuples-only", "--no-align")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent) as process:
        process.stdin.write(f"{sql}\n\\echo done\n")
        process.stdin.flush()
        if "done\n" not in process.stdout:
            raise AssertionError(f"psql has ended: {sql}")
        yield
        process.stdin.close()


class Migrations(OnBothDatabases):
    def shop(self, kind):
        database = self.database(kind, studio_app=False)
        key = "serial primary key" if kind == "postgresql" else "integer primary key"
        database.execute("".join(f"create table {table} (id {key}, name text);" for table in TABLES) + "create table knob (turns integer); insert into knob values (0)")
        streams = {"goods": "{get: /goods, records: {json: .}, paginate: none, key: id}"}
        project = ScriptedProject(self.folder / f"{kind}{self._databases}", database.url, "http://127.0.0.1:1", streams, {table: ENTITY.format(name=table) for table in TABLES})
        return project, database

    def migrate(self, project):
        ended = project.run("migrate", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        return ended.document["applied"]

    def record(self, database):
        return [tuple(row) for row in database.rows(f"select number, name from {own(database, 'sync_migration')} order by number")]

    def is_there(self, database, table):
        """Whether somebody new sees the table."""
        catalog = "sqlite_master where name" if database.is_sqlite else "pg_class where relname"
        return int(database.value(f"select count(*) from {catalog} = '{table}'")) > 0

    def is_in_the_middle(self, database):
        """Whether the migration is at work in its transaction."""
        if not database.is_sqlite:
            return database.value("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%half%'") == "1"
        with contextlib.closing(sqlite3.connect(database.url.removeprefix("sqlite:"), timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError as error:
                return "locked" in str(error)
            return False

    # F13: a migration killed midway with kill -9, and rerun
    def test_of_a_migration_that_is_killed_midway_nothing_stays_and_it_is_applied_whole_when_it_is_run_again(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.assertEqual(self.migrate(project), ["001_sync_schema.sql"])
                # SQLite counts for as long as the knob says, PostgreSQL waits for whoever holds the knob.
                count = "with recursive turn (n) as (select 1 union all select n + 1 from turn where n < (select turns from knob)) select count(*) from turn"
                middle = f"insert into half {count}" if kind == "sqlite" else "lock table knob; insert into half values (1)"
                project.write("migrations/002_own.sql", f"create table half (a integer);\n{middle};\ncreate table whole (a integer);\n")
                with self.somebody_holds_up(database), Background(project, "migrate") as run:
                    run.until(lambda: self.is_in_the_middle(database), "the migration is at work")
                    run.signal(signal.SIGKILL)
                    self.assertEqual(run.end()[0].code, -signal.SIGKILL)
                    self.assertEqual([self.is_there(database, table) for table in ("half", "whole")], [False, False])
                    self.assertEqual(self.record(database), [(1 if kind == "sqlite" else "1", "001_sync_schema.sql")])
                if kind == "sqlite":
                    self.assertEqual(database.value("pragma integrity_check"), "ok")
                self.assertEqual(self.migrate(project), ["002_own.sql"])
                self.assertEqual([self.is_there(database, table) for table in ("half", "whole")], [True, True])
                self.assertEqual(int(database.value("select count(*) from half")), 1)
                self.assertEqual(self.migrate(project), [])

    @contextlib.contextmanager
    def somebody_holds_up(self, database):
        """What the migration needs in its middle is not to be had in the meantime."""
        if database.is_sqlite:
            database.execute("update knob set turns = 2000000000")
            yield
            database.execute("update knob set turns = 0")
        else:
            with session(database, "begin; lock table knob;"):
                yield

    # F13: the program is killed between what it saves and what it applies
    def test_a_file_that_was_saved_and_not_applied_is_applied_by_the_next_one(self):
        project, database = self.shop("postgresql")
        file = project.folder / "migrations/001_sync_schema.sql"
        with session(database, "begin; select * from goods;"), Background(project, "migrate") as run:
            run.until(file.exists, "the plan is saved")
            run.signal(signal.SIGKILL)
            run.end()
        saved = file.read_text()
        self.assertEqual(self.migrate(project), [file.name])
        self.assertEqual(file.read_text(), saved)
        self.assertEqual([entry.name for entry in file.parent.iterdir()], [file.name])

    def test_a_plan_tells_of_a_file_that_is_not_applied_yet(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, _ = self.shop(kind)
                self.migrate(project)
                project.write("migrations/010_mine.sql", "create table mine (a integer);\n")
                told = "migrations/010_mine.sql is not applied yet; `syncline migrate` applies it\n"
                self.assertEqual(project.run("plan").stdout, told)
                self.assertEqual((project.run("plan", "--check").code, project.run("plan", "--check").stdout), (24, told))
                document = project.run("plan", "--json").document
                self.assertEqual((document["changes"], document["pending"], document["saved"]), ([], ["010_mine.sql"], ""))
                document = project.run("plan", "--write", "--json").document
                self.assertEqual((document["changes"], document["pending"], document["saved"]), ([], ["010_mine.sql"], ""))
                self.assertEqual(self.migrate(project), ["010_mine.sql"])
                self.assertEqual((project.run("plan", "--check").code, project.run("plan", "--json").document["pending"]), (0, []))

    def test_what_a_plan_lacks_may_be_in_a_file_that_is_not_applied_yet(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, _ = self.shop(kind)
                self.migrate(project)
                project.write("entities/halls.yaml", ENTITY.format(name="halls"))
                project.write("migrations/010_mine.sql", "create table halls (id integer primary key, name text);\n")
                refused = project.run("plan")
                self.assertEqual(refused.code, 24, str(refused))
                self.assertIn("there is no table `halls`", refused.stderr)
                self.assertIn("migrations/010_mine.sql is not applied yet; `syncline migrate` applies it", refused.stderr)

    def test_a_plan_refuses_an_applied_file_that_was_edited_as_a_migration_does(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, _ = self.shop(kind)
                project.write("migrations/001_mine.sql", "create table mine (a integer);\n")
                self.migrate(project)
                project.write("migrations/001_mine.sql", "create table mine (a integer, b integer);\n")
                for command in (["plan"], ["plan", "--check"], ["plan", "--write"], ["migrate"]):
                    refused = project.run(*command)
                    self.assertEqual(refused.code, 24, str(refused))
                    self.assertIn("migrations/001_mine.sql has changed since it was applied", refused.stderr)

    def test_what_an_earlier_version_did_not_have_in_our_tables_is_told_with_the_command_that_makes_it(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                for command in (["sync"], ["retry", "1"]):
                    self.assertIn("the database has no table of ours yet: run `syncline plan`", self.refused(project, *command))
                self.migrate(project)
                database.execute(f"alter table {own(database, 'sync_log')} drop column unlinked")
                for command in (["sync"], ["retry", "1"], ["log"], ["rejects"]):
                    self.assertIn("our table `sync_log` lacks its column `unlinked`, which is new in this version: run `syncline migrate`", self.refused(project, *command))
                self.migrate(project)
                self.assertEqual(project.run("log").code, 0)

    def test_a_table_of_another_program_under_the_name_of_ours_is_told_with_what_to_write(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                database.execute("create schema syncline; create table syncline.sync_log (mine text)" if kind == "postgresql" else "create table sync_log (mine text)")
                for command in (["plan"], ["sync"], ["log"]):
                    self.assertRegex(self.refused(project, *command), "sync_log.* is there, but it is not ours .*: write `tables_prefix: syncline_` in syncline.yaml")

    def refused(self, project, *command):
        ended = project.run(*command)
        self.assertEqual(ended.code, 24, str(ended))
        return ended.stderr

    # F13: two migrators at once
    def test_of_several_migrators_at_once_one_applies_and_all_end_well(self):
        for kind in self.KINDS:
            for _ in range(3):
                project, database = self.shop(kind)
                with contextlib.ExitStack() as stack:
                    runs = [stack.enter_context(Background(project, "migrate", "--json")) for _ in range(MIGRATORS)]
                    ends = [run.end()[0] for run in runs]
                for ended in ends:
                    self.assertEqual(ended.code, 0, str(ended))
                self.assertEqual(sorted(name for ended in ends for name in ended.document["applied"]), ["001_sync_schema.sql"])
                self.assertEqual([row[1] for row in self.record(database)], ["001_sync_schema.sql"])
                self.assertEqual(sorted(entry.name for entry in (project.folder / "migrations").iterdir()), ["001_sync_schema.sql"])
                self.assertEqual(self.migrate(project), [])
                self.assertEqual(project.run("plan", "--check").code, 0)


if __name__ == "__main__":
    unittest.main()
