# SPDX-License-Identifier: Apache-2.0
"""Servers that speak PostgreSQL's protocol and lack something of it: played by switching it off, and loading is the same."""
import os
import subprocess
import unittest
from pathlib import Path

from support import syncline

UNIT_TESTS = Path(syncline.PROGRAM).parent / "src"
# These say when a stamp holds, or tell by one which way a row went; without xmin there are no stamps, and every row is compared.
OF_STAMPS = ":".join(f"*{words}*" for words in ("Stamping", "DirectRowsTest", "KnownRows", "Stamped", "NotSkippedAsUnchanged", "IsLookedAtEachTime"))


class Without(unittest.TestCase):
    def passes(self, suite, selection, without):
        ended = subprocess.run([UNIT_TESTS / suite, "--gtest_brief=1", f"--gtest_filter={selection}"], env={**os.environ, "SYNCLINE_TEST_WITHOUT": without}, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 0, ended.stdout[-4000:] + ended.stderr[-2000:])
        print(f"without {without}: {suite}: {ended.stdout.splitlines()[-1]}", flush=True)

    def test_loading_without_copy_and_advisory_locks(self):
        self.passes("load_test", "*PostgreSQL*", "copy advisory_locks")

    def test_loading_without_row_versions_copy_and_advisory_locks(self):
        self.passes("load_test", f"*PostgreSQL*-{OF_STAMPS}", "row_versions copy advisory_locks")

    def test_loading_without_session_tables(self):
        self.passes("load_test", "*PostgreSQL*", "session_tables")

    def test_every_value_arrives_exactly_without_copy(self):
        self.passes("sql_test", "*Door*PostgreSQL*", "copy")

    def test_two_migrators_at_once_without_advisory_locks(self):
        self.passes("schema_test", "*Migrating*PostgreSQL*", "advisory_locks")


if __name__ == "__main__":
    unittest.main()
