# SPDX-License-Identifier: Apache-2.0
"""Stopped, cut off, frozen or out of space in the middle of a first sync: it says so, keeps whole transactions, and the next run goes on from there."""
import random
import resource
import signal
import sqlite3
import subprocess
import unittest
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from support.background import Background
from support.checker import compare
from support.commit_cutter import CommitCutter
from support.database import Database
from support.databases import OnBothDatabases
from support.fragile_postgres import FragilePostgres, SmallDisk
from support.ledger import KEYS, assert_exact, assert_rows_are_counted, committed, own
from support.postgres import psql_command
from support.project import Project
from support.silent_server import SilentServer
from support.simulator import Simulator

RESERVATIONS, PAGE = 4000, 500
PROMPT = 3.0  # seconds: a few round trips, far less than anything the run could be waiting for
# After four pages the vendor asks to wait a minute: the run has committed them and is in the middle.
PAUSE = {"match": {"path": "/api/reservations", "page": 5}, "action": "status", "status": 429, "retry_after": 60, "count": 1}
BEFORE_PAUSE = 4 * PAGE


class Interruption(OnBothDatabases):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator(seed=17, rows={"reservations": RESERVATIONS, "users": 400}, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)
        cls.postgres = FragilePostgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls._databases = 0

    def setUp(self):
        super().setUp()
        self.simulator.faults()

    def migrated(self, kind, database=None):
        database = database or self.database(kind)
        project = Project(self.folder / f"project{type(self)._databases}-{kind}", database.url, self.simulator)
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        return project, database

    def assert_equals_truth(self, database):
        self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])
        assert_exact(self, database)

    def assert_next_run_finishes(self, project, database):
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        self.assert_equals_truth(database)
        return ended

    def pages_asked_for(self, resource, since):
        """Each request for a page of a list, in order."""
        targets = [entry["target"] for entry in self.simulator.log(since)["entries"] if entry["kind"] == "request" and f"/api/{resource}" in entry["target"]]
        return [int(parse_qs(urlsplit(target).query)["page"][0]) for target in targets]

    @contextmanager
    def paused(self, project, database, *arguments, prepare=None):
        """A run that has committed four pages of reservations and waits for the vendor."""
        self.simulator.faults(PAUSE)
        with Background(project, "sync", *arguments, prepare=prepare) as run:
            run.until(lambda: committed(database, "reservations") >= BEFORE_PAUSE, "four pages are committed")
            yield run

    # Stopped by the user

    def test_a_stop_ends_between_transactions_says_what_is_done_and_the_next_run_goes_on(self):
        for kind in self.KINDS:
            for stop in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(f"{stop.name} on {kind}"):
                    project, database = self.migrated(kind)
                    with self.paused(project, database, "--json") as run:
                        run.signal(stop)
                        ended, seconds = run.end()
                    self.assertEqual(ended.code, 11, str(ended))
                    self.assertLess(seconds, PROMPT)
                    report = ended.entity("reservations")
                    self.assertEqual((ended.document["status"], report["fetched"]), ("incomplete", BEFORE_PAUSE))
                    self.assertEqual(report["inserted"], int(database.value("select count(mt_reservation_id) from bookings")))
                    self.assertEqual([error["message"] for error in report["errors"]], ["stopped; the next run goes on where this one ended"])
                    self.assertEqual(database.value(f"select status from {own(database, 'sync_log')} where entity = 'reservations'"), "incomplete")
                    assert_rows_are_counted(self, database)

                    self.simulator.faults()
                    before = self.simulator.log()["next"]
                    next_run = self.assert_next_run_finishes(project, database)
                    # The last committed page is looked at once more, to know that the list has not shifted; the pages before it are not.
                    self.assertEqual(self.pages_asked_for("reservations", before), [4, 5, 6, 7, 8])
                    self.assertEqual(next_run.entity("reservations")["fetched"], RESERVATIONS - BEFORE_PAUSE)
                    self.assertIn("goes on after 2000 records", next_run.entity("reservations")["note"])

    def test_people_are_told_what_is_done_too(self):
        project, database = self.migrated("sqlite")
        with self.paused(project, database) as run:
            run.signal(signal.SIGINT)
            ended, _ = run.end()
        self.assertEqual(ended.code, 11, str(ended))
        self.assertRegex(ended.stdout, r"reservations +reservations +2,000 fetched +[0-9,]+ inserted")
        self.assertIn("exit 11", ended.stdout)
        self.assertIn("stopping", ended.stderr)

    def test_a_stop_at_any_moment_loses_nothing(self):
        """Each page takes a while, and each first sync is stopped at a random moment of it, and once more after it has gone on."""
        chance, codes = random.Random(20260302), []
        for _ in range(4):
            project, database = self.migrated("sqlite")
            self.simulator.faults({"match": {"path": "/api/*"}, "action": "delay", "delay_ms": 40, "every": 1})
            for requests_max in (14, 5):
                before, wanted = self.simulator.log()["next"], chance.randint(1, requests_max)
                with Background(project, "sync", "--json") as run:
                    run.until(lambda: len(self.simulator.log(before)["entries"]) >= wanted, "some requests")
                    run.signal(signal.SIGINT)
                    ended, seconds = run.end()
                codes.append(ended.code)
                self.assertIn(ended.code, (0, 11), str(ended))
                self.assertLess(seconds, PROMPT)
                assert_rows_are_counted(self, database)
            self.simulator.faults()
            self.assert_next_run_finishes(project, database)
        self.assertGreater(codes.count(11), 4)

    @contextmanager
    def locked_log(self, database):
        """Somebody else holds the table that a stopping run writes its last word into."""
        if database.is_sqlite:
            connection = sqlite3.connect(database.url.removeprefix("sqlite:"), isolation_level=None, timeout=60)
            connection.execute("begin immediate")
            yield
            connection.close()
        else:
            with subprocess.Popen(psql_command(database.url, "--tuples-only"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
                session.stdin.write("begin; lock table syncline.sync_log in access exclusive mode;\n\\echo locked\n")
                session.stdin.flush()
                self.assertEqual(session.stdout.readline().strip(), "locked")
                yield
                session.stdin.close()

    def test_a_second_ctrl_c_ends_at_once(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.migrated(kind)
                with self.paused(project, database, "--json") as run, self.locked_log(database):
                    run.signal(signal.SIGINT)
                    run.until(lambda: "stopping" in run.errors(), "the first Ctrl-C is answered")
                    self.assertIsNone(run.process.poll())
                    run.signal(signal.SIGINT)
                    ended, seconds = run.end()
                self.assertEqual(ended.code, 11, str(ended))
                self.assertLess(seconds, 1.0)
                self.simulator.faults()
                self.assert_next_run_finishes(project, database)

    def test_every_command_can_be_stopped(self):
        """A database that never answers: Ctrl-C and SIGTERM end what waits for it."""
        project, _ = self.migrated("sqlite")
        with SilentServer() as silent:
            project.database_url = f"postgresql://syncline@127.0.0.1:{silent.port}/studio"
            project.write_env(self.simulator.env)
            for command in ("sync", "migrate", "plan", "log", "rejects"):
                for stop in (signal.SIGINT, signal.SIGTERM):
                    calls = silent.calls
                    with self.subTest(f"{stop.name} to {command}"), Background(project, command) as run:
                        run.until(lambda: silent.calls > calls, "it connects")
                        run.signal(stop)
                        ended, seconds = run.end()
                        self.assertLess(seconds, 1.0)
                        self.assertIn(ended.code, (11, -stop), str(ended))

    # The database goes away

    # F2: postmaster kill -9 and recovery
    def test_a_database_that_crashes_is_said_and_the_next_run_finishes(self):
        project, database = self.migrated("postgresql")
        self.simulator.faults({"match": {"path": "/api/reservations"}, "action": "delay", "delay_ms": 400, "every": 1})
        for committed_before in (0, 1):
            with Background(project, "sync", "--json") as run:
                since = self.simulator.log()["next"]
                run.until(lambda: self.simulator.requests("/api/reservations", since) > 0 and committed(database, "reservations") >= committed_before, "reservations are read")
                self.postgres.crash()
                ended, _ = run.end()
            self.assertEqual(ended.code, 23, str(ended))
            self.assertRegex(ended.entity("reservations")["errors"][0]["message"], "connection|terminat|shut")
            self.postgres.restart()
            assert_rows_are_counted(self, database)
        self.simulator.faults()
        self.assert_next_run_finishes(project, database)

    def cut_off(self, cutter):
        project, database = self.migrated("postgresql")
        project.database_url = cutter.url(database.url)
        project.write_env(self.simulator.env)
        return project, database

    # F3: the connection drops after COMMIT was sent
    def test_a_connection_that_breaks_at_commit_is_made_anew_and_nothing_is_lost_or_doubled(self):
        """Each connection breaks at its number-th COMMIT. What became of that COMMIT is looked up: done (after), not done (before), or being done (unknown)."""
        for when, number in (("before", 2), ("after", 1), ("after", 2), ("unknown", 1), ("unknown", 2), ("unknown", 3)):
            with self.subTest(f"{when} {number}"), CommitCutter(self.postgres.port) as cutter:
                project, database = self.cut_off(cutter)
                cutter.cut(number, when)
                ended = project.run("sync", "--json")
                self.assertEqual(ended.code, 0, str(ended))
                self.assertGreaterEqual(cutter.cuts, len(KEYS))
                report = ended.entity("reservations")
                self.assertEqual((report["fetched"], report["inserted"]), (RESERVATIONS, int(database.value("select count(mt_reservation_id) from bookings"))))
                self.assert_equals_truth(database)
                cutter.forward_all()
                self.assertEqual(project.run("sync", "--json").entity("reservations")["updated"], 0)
                print(f"postgresql: {cutter.cuts} connections cut at COMMIT ({when}, the {number}. of each)", flush=True)

    def test_where_no_commit_ever_arrives_the_run_gives_up_and_the_next_one_finishes(self):
        with CommitCutter(self.postgres.port) as cutter:
            project, database = self.cut_off(cutter)
            cutter.cut(1, "before")
            ended = project.run("sync", "--json")
            self.assertEqual(ended.code, 23, str(ended))
            self.assertRegex(ended.stdout, "connection|COMMIT")
            self.assertEqual(int(database.value("select count(mt_reservation_id) from bookings")), 0)
            cutter.forward_all()
            self.assert_next_run_finishes(project, database)

    def test_a_connection_cut_at_any_message_loses_and_doubles_nothing(self):
        """Every connection of the run breaks at the same message, so what is done before a run may be tried in vain; what it commits is whole."""
        chance, codes = random.Random(20260303), []
        with CommitCutter(self.postgres.port) as cutter:
            project, database = self.cut_off(cutter)
            for _ in range(25):
                cutter.cut_message(chance.randint(1, 300))
                ended = project.run("sync", "--json")
                codes.append(ended.code)
                self.assertIn(ended.code, (0, 23), str(ended))
                assert_rows_are_counted(self, database)
            cuts = cutter.cuts
            self.assertGreater(cuts, 10)
            self.assertGreater(codes.count(0), 5)
            cutter.forward_all()
            self.assert_next_run_finishes(project, database)
        print(f"postgresql: {cuts} connections cut at a random message, {codes.count(0)} of 25 runs finished all the same", flush=True)

    # No space left

    # F10: a quota
    def test_a_file_that_may_not_grow_ends_with_what_fitted(self):
        """As with `ulimit -f` or a quota. Each SQLite file may have so many bytes, and no more."""
        project, database = self.migrated("sqlite")
        limit = 400_000
        with Background(project, "sync", "--json", prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as run:
            ended, _ = run.end()
        self.assertEqual(ended.code, 23, str(ended))
        assert_rows_are_counted(self, database)
        self.assert_next_run_finishes(project, database)

    # F10: disk full
    def test_a_full_disk_under_sqlite(self):
        with SmallDisk(700) as disk:
            small = Database(f"sqlite:{disk.folder}/studio.db")
            small.make_studio_app()
            project, _ = self.migrated("sqlite", small)
            ended = project.run("sync", "--json")
            self.assertEqual(ended.code, 23, str(ended))
            self.assertIn("full", ended.stdout)
            assert_rows_are_counted(self, small)
            disk.grow(32 * 1024)
            self.assert_next_run_finishes(project, small)

    # F10: disk full
    def test_a_full_disk_under_postgresql(self):
        with SmallDisk(64 * 1024) as disk, FragilePostgres() as postgres:
            postgres.own(disk.folder)
            postgres.execute(f"create tablespace small location '{disk.folder}'")
            postgres.execute("create database studio tablespace small")
            database = Database(postgres.url("studio"))
            database.make_studio_app()
            project, _ = self.migrated("postgresql", database)
            postgres.execute("checkpoint")
            disk.grow(64 * 1024 - disk.free_kib() + 200)
            ended = project.run("sync", "--json")
            self.assertEqual(ended.code, 23, str(ended))
            self.assertRegex(ended.stdout, "No space left|disk")
            assert_rows_are_counted(self, database)
            disk.grow(64 * 1024)
            self.assert_next_run_finishes(project, database)

    # Frozen

    def test_a_run_that_was_frozen_past_its_lease_writes_nothing_any_more(self):
        pause = {**PAUSE, "retry_after": 3}
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.migrated(kind)
                self.assertEqual(project.run("sync", "customers", "classes", "class_types", "locations").code, 0)
                self.simulator.faults(pause)
                with Background(project, "sync", "reservations", "--json") as frozen:
                    frozen.until(lambda: committed(database, "reservations") >= BEFORE_PAUSE, "four pages are committed")
                    frozen.process.send_signal(signal.SIGSTOP)
                    # Of another machine it cannot be known whether it lives: its lease decides.
                    database.execute(f"update {own(database, 'sync_lease')} set holder = 'another/machine 1 1', expires_at = '2020-01-01T00:00:00.000000Z' where name like '%reservations'")
                    second = project.run("sync", "reservations", "--json")
                    self.assertEqual(second.code, 0, str(second))
                    self.assert_equals_truth(database)
                    left = self.state(database)
                    frozen.process.send_signal(signal.SIGCONT)
                    first, _ = frozen.end()
                self.assertEqual(first.code, 26, str(first))
                self.assertIn("taken over", first.entity("reservations")["errors"][0]["message"])
                self.assertEqual(self.state(database), left)
                self.assert_equals_truth(database)

    @staticmethod
    def state(database):
        """What a run that has lost its lease must not touch."""
        return [list(database.rows(query)) for query in ("select * from bookings order by id", f"select * from {own(database, 'sync_checkpoint')} order by entity",
                                                         f"select name, epoch, holder, run from {own(database, 'sync_lease')} order by name")]


if __name__ == "__main__":
    unittest.main()
