# SPDX-License-Identifier: Apache-2.0
"""Nobody reads what a run says any more: it goes on."""
import os
import subprocess
import unittest

from support import syncline
from support.checker import compare
from support.databases import OnBothDatabases
from support.ledger import assert_exact, own
from support.project import Project
from support.simulator import Simulator


class ClosedPipe(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=11, rows={"reservations": 900, "users": 200}, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def code_without_reader(self, command):
        """How it ends when stdout and stderr are pipes that nobody reads; Python gives a child back the signal that it would die of."""
        reading, writing = os.pipe()
        os.close(reading)
        try:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, env=syncline.environment(), timeout=120).returncode
        finally:
            os.close(writing)

    # rule 20, G10: SIGPIPE is ignored
    def test_a_run_whose_reader_has_gone_brings_every_row(self):
        for kind in self.KINDS:
            # A whole document that was asked for and could not be given is told by the exit code; that is all it costs.
            for code, more in ((0, []), (20, ["--json"])):
                with self.subTest(f"{kind} {more}"):
                    database = self.database(kind)
                    project = Project(self.folder / f"project-{self._databases}", database.url, self.simulator)
                    self.assertEqual(project.run("migrate").code, 0)
                    self.assertEqual(self.code_without_reader(project.command("sync", *more)), code)
                    self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])
                    assert_exact(self, database)
                    self.assertEqual({holder for [holder] in database.rows(f"select holder from {own(database, 'sync_lease')}")}, {""}, "a lease was not given back")
                    self.assertEqual(project.run("sync").code, 0)


if __name__ == "__main__":
    unittest.main()
