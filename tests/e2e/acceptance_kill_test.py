# SPDX-License-Identifier: Apache-2.0
"""Killed between the first request and the last commit, again and again, while fetching, inside transactions and around COMMIT: the next run goes
on, and in the end every cell of the acceptance schema is what the independent judge says."""
import os
import random
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

from acceptance.judge import Judge, Snapshot
from acceptance.world import CHANGING, ENDINGS, FEW_OWN, FEW_ROWS, SYNCED, StudioProject, rejects, simulator, studio_database, studio_file, truth
from support.kill import run_and_kill
from support.kill_point import KillPoint
from support.ledger import own
from support.postgres import Postgres
from support.syncline import environment

KILLS = int(os.environ.get("SYNCLINE_ACCEPTANCE_KILLS", "30"))
SEED = int(os.environ.get("SYNCLINE_KILL_SEED", "20260302"))
MOMENTS = ("while fetching", "inside a transaction", "COMMIT, not sent", "COMMIT, not answered", "after a commit")
REQUESTS, COMMITS = 10, 26  # a few more than a whole sync has
SHORT_WHILE = 0.04  # seconds, of a file's: a few transactions
KILLS_IN_A_LIFE = 12  # of one database: a half of them in its first sync, the others in later ones


class AcceptanceKill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.point = KillPoint(cls.postgres.port)
        cls.addClassCleanup(cls.point.stop)

    def setUp(self):
        self.chance, self.phases, self.entities = random.Random(SEED), Counter(), Counter()

    # F1: kill -9 of syncer anywhere
    # F3: connection drops after COMMIT sent (here with the program itself)
    def test_after_any_number_of_kills_the_next_run_sets_everything_right(self):
        life = 0
        while sum(self.phases.values()) < KILLS:
            life += 1
            self.assertLess(life, 3 + KILLS // 2, f"too few kills fell into a run: {self.phases}")
            with tempfile.TemporaryDirectory(prefix="syncline-acceptance-kill-") as folder, simulator(seed=life, rows=FEW_ROWS) as vendor:
                database = studio_database(self.postgres, truth(vendor), seed=life, sizes=FEW_OWN)
                self.one_life(database, Path(folder), vendor, self.kill_at_a_moment)
                self.postgres.execute(f'drop database "{database.url.rpartition("/")[2]}"')
        print(f"{sum(self.phases.values())} kills in {life} databases, seed {SEED}\nby phase: {dict(sorted(self.phases.items()))}\nby entity: {dict(sorted(self.entities.items()))}", flush=True)
        for moment in MOMENTS:
            self.assertGreater(self.phases[moment], 0, moment)

    # F1: kill -9 of syncer anywhere
    def test_the_same_on_sqlite(self):
        life, wanted = 0, KILLS_IN_A_LIFE // 2
        while sum(self.phases.values()) < wanted:
            life += 1
            self.assertLess(life, 3 + wanted, f"too few kills fell into a run: {self.phases}")
            with tempfile.TemporaryDirectory(prefix="syncline-acceptance-kill-") as folder, simulator(seed=life, rows=FEW_ROWS) as vendor:
                self.one_life(studio_file(folder, truth(vendor), seed=life, sizes=FEW_OWN), Path(folder), vendor, self.kill_at_any_time)
        print(f"{sum(self.phases.values())} kills of a file's writer in {life} files, seed {SEED}\nby entity: {dict(sorted(self.entities.items()))}", flush=True)

    def one_life(self, database, folder, vendor, kill):
        """A first sync that is killed until it is through, then later ones, then one that nobody kills."""
        judge = Judge(Snapshot(database, SYNCED), SYNCED)
        project = StudioProject(folder / "project", database.url, vendor)
        self.assertEqual(project.run("migrate").code, 0)
        judge.note(truth(vendor))
        self.kill_until_through(kill, project, database, vendor, KILLS_IN_A_LIFE // 2)
        for _ in range(KILLS_IN_A_LIFE // 2):
            vendor.clock(advance_s=3600)
            vendor.mutate("churn", tenant="north", count=12, resources=CHANGING)
            judge.note(truth(vendor))
            self.kill_until_through(kill, project, database, vendor, 1)
        ended = project.run("sync", "--json", "--full")
        self.assertIn(ended.code, ENDINGS, str(ended))
        verdict = judge.check(Snapshot(database, SYNCED), truth(vendor), rejects(database, ended.document["run"]))
        self.assertEqual(verdict.differences, [], str(verdict))
        self.assertEqual(int(database.value(f"select count(*) from {own(database, 'sync_log')} where status = 'running'")), 0)

    @staticmethod
    def kill_until_through(kill, project, database, vendor, times):
        for _ in range(times):
            if not kill(project, database, vendor):
                return

    def kill_at_a_moment(self, project, database, vendor):
        """True when the run was killed there; False when it ended before, and then it ended well."""
        moment = min(MOMENTS, key=lambda moment: self.phases[moment] + self.chance.random())
        before = vendor.log()["next"]
        number = self.chance.randrange(1, REQUESTS if moment == "while fetching" else COMMITS)
        self.point.plan(None if moment == "while fetching" else moment, number, depth=self.chance.randrange(1, 20))
        when = (lambda: vendor.requests("/api/", before) >= number) if moment == "while fetching" else None
        killed = run_and_kill(project.command("sync"), when=when, env=environment({"DATABASE_URL": self.point.url(database.url)}), started=self.point.aim)
        if killed.code != -9:
            self.assertIn(killed.code, ENDINGS, killed.stderr)
            return False
        if vendor.requests("/api/", before) == 0:  # only what falls between the first request and the last commit counts
            return True
        self.phases["inside a transaction" if moment == "while fetching" and self.point.in_transaction else moment] += 1
        self.entities[self.entity(database)] += 1
        return True

    def kill_at_any_time(self, project, database, vendor):
        """The same without a server to look at: a moment after one of the requests."""
        before, number, later = vendor.log()["next"], self.chance.randrange(1, REQUESTS), self.chance.random() * SHORT_WHILE
        asked = []

        def moment():
            if not asked and vendor.requests("/api/", before) >= number:
                asked.append(time.monotonic())
            return asked and time.monotonic() - asked[0] >= later

        killed = run_and_kill(project.command("sync"), when=moment, env=environment())
        if not killed.killed:
            self.assertIn(killed.code, ENDINGS, killed.stderr)
            return False
        self.phases["any time"] += 1
        self.entities[self.entity(database)] += 1
        return True

    @staticmethod
    def entity(database):
        """Which entity was under way, and how far: nothing of it committed, something, or all."""
        running = list(database.rows(f"select entity, fetched, complete from {own(database, 'sync_log')} where status = 'running' order by run desc, started_at desc"))
        if not running:
            return "between entities"
        entity, fetched, complete = running[0]
        return f"{entity}, {'all' if complete in ('t', 1) else 'something' if int(fetched) else 'nothing'} committed"


if __name__ == "__main__":
    unittest.main()
