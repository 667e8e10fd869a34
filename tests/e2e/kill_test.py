# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments between the first request and the last commit: the next run goes on, and in the end nothing is lost or doubled."""
import os
import random
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from support.checker import compare
from support.database import Database
from support.kill import run_and_kill
from support.postgres import Postgres
from support.project import Project
from support.simulator import Simulator
from support.syncline import environment

KILLS = int(os.environ.get("SYNCLINE_KILLS", "50"))
SEED = int(os.environ.get("SYNCLINE_KILL_SEED", "20260302"))
RESERVATIONS = 6000
ENTITIES = ("class_types", "locations", "classes", "customers", "reservations")
LEDGER = "fetched, mapped, filtered, undecodable, rows_made, inserted, updated, unchanged, adopted, stale, duplicate, rejected, waiting"


class Kill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.simulator = Simulator(seed=5, rows={"reservations": RESERVATIONS, "users": 1500}, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)

    # F1: kill -9 anywhere
    def test_on_sqlite(self):
        self.kill_and_go_on("sqlite", KILLS // 2)

    # F1: kill -9 anywhere
    def test_on_postgresql(self):
        self.kill_and_go_on("postgresql", KILLS - KILLS // 2)

    def kill_and_go_on(self, kind, kills):
        chance, phases = random.Random(f"{SEED} {kind}"), Counter()
        with tempfile.TemporaryDirectory(prefix="syncline-kill-") as folder:
            duration = self.duration(kind, Path(folder) / "whole")
            number = 0
            while sum(phases.values()) < kills:
                number += 1
                self.assertLess(number, 20 * kills, f"too few kills fell into a run: {phases}")
                phases.update(self.one_first_sync(kind, Path(folder) / str(number), chance, duration))
        print(f"{kind}: {sum(phases.values())} kills, seed {SEED}, by phase: {dict(sorted(phases.items()))}", flush=True)

    def project(self, kind, folder):
        folder.mkdir()
        url = f"sqlite:{folder}/studio.db" if kind == "sqlite" else self.postgres.create_database()
        database = Database(url)
        database.make_studio_app()
        project = Project(folder / "project", url, self.simulator)
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        return project, database

    def duration(self, kind, folder):
        project, _ = self.project(kind, folder)
        whole = run_and_kill(project.command("sync"), env=environment())
        self.assertEqual(whole.code, 0, whole.stderr)
        return whole.seconds

    def one_first_sync(self, kind, folder, chance, duration):
        """A first sync killed until it is through, up to three times; the phases the kills fell into."""
        project, database = self.project(kind, folder)
        phases = Counter()
        for _ in range(3):
            before = self.simulator.log()["next"]
            killed = run_and_kill(project.command("sync"), after=chance.uniform(0, duration), env=environment())
            if not killed.killed:
                self.assertEqual(killed.code, 0, killed.stderr)
                break
            requests = self.simulator.requests("/api/", before)
            # Only what falls between the first request and the last commit counts.
            if requests > 0:
                phases[self.phase(database)] += 1
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        comparison = compare(database, lambda resource: self.simulator.truth(resource, "north"))
        self.assertEqual(comparison.differences, [])
        self.assert_ledger_is_exact(database)
        return phases

    def phase(self, database):
        """Which entity was under way, and whether something of it was committed."""
        running = list(database.rows("select entity, fetched from " + self.log_table(database) + " where status = 'running' order by run desc"))
        if not running:
            return "between entities"
        entity, fetched = running[0]
        return f"{entity}, {'after a commit' if int(fetched) > 0 else 'before its first commit'}"

    @staticmethod
    def log_table(database):
        return "sync_log" if database.is_sqlite else "syncline.sync_log"

    def assert_ledger_is_exact(self, database):
        """Each log row adds up, and over all runs each row was inserted exactly once."""
        for row in database.rows(f"select {LEDGER} from {self.log_table(database)}"):
            fetched, mapped, filtered, undecodable, rows, *outcomes = map(int, row)
            self.assertEqual(fetched, mapped + filtered + undecodable)
            self.assertEqual(rows, sum(outcomes))
        for entity, table, key in (("customers", "customers", "mt_user_id"), ("classes", "classes", "mt_class_id"), ("reservations", "bookings", "mt_reservation_id")):
            inserted = int(database.value(f"select sum(inserted) from {self.log_table(database)} where entity = '{entity}'"))
            there = int(database.value(f"select count(*) from {table} where {key} is not null"))
            self.assertEqual(inserted, there, entity)
        left = database.value(f"select count(*) from {self.log_table(database)} where status = 'running'")
        self.assertEqual(int(left), 0)


if __name__ == "__main__":
    unittest.main()
