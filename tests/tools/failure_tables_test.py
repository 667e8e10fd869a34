# SPDX-License-Identifier: Apache-2.0
"""Each row of the failure tables (D values, E pages and cursors, F destination) and each correctness rule has a test: the comment above the test names the row."""
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [f"{table}{number}" for table, last in (("D", 16), ("E", 10), ("F", 18)) for number in range(1, last + 1)] + [f"rule {number}" for number in range(1, 21)]
# There is nothing yet that these could go wrong in. At most three.
WITHOUT_TEST = {"D13": "no decoder reads CSV", "D14": "no decoder reads headers and rows"}

ROW = r"(?:[A-Z][0-9]+|rule [0-9]+)"
NAMES = re.compile(rf"^\s*(?://|#) ({ROW}(?:, {ROW})*): \S")
TEST = re.compile(r"^(?:TEST(?:_F|_P)?\(\w+, \w+\)|\s*def test_\w+\()")
COMMENT = re.compile(r"^\s*(?://|#|@)")


def rows_of(lines):
    """Which rows the comments right above tests name."""
    found, above = set(), []
    for line in lines:
        if names := NAMES.match(line):
            above += names.group(1).split(", ")
        elif TEST.match(line):
            found.update(above)
            above = []
        elif not COMMENT.match(line):
            above = []
    return found


class FailureTables(unittest.TestCase):
    def test_every_row_has_a_test(self):
        found = set()
        for pattern in ("src/**/*_test.cpp", "apps/**/*_test.cpp", "simulators/**/*_test.cpp", "tests/**/*_test.py"):
            for file in ROOT.glob(pattern):
                found |= rows_of(file.read_text().splitlines())
        self.assertEqual([row for row in ROWS if row not in found and row not in WITHOUT_TEST], [])
        self.assertEqual([row for row in WITHOUT_TEST if row in found], [], "these have a test by now")

    def test_few_rows_are_excused(self):
        self.assertLessEqual(len(WITHOUT_TEST), 3)
        self.assertLessEqual(set(WITHOUT_TEST), set(ROWS))

    def test_a_comment_counts_only_right_above_a_test(self):
        self.assertEqual(rows_of(["// D1: NUL", "TEST(A, B) {"]), {"D1"})
        self.assertEqual(rows_of(["  # E7, rule 9: all gone", "  # and more about it", "  def test_it(self):"]), {"E7", "rule 9"})
        self.assertEqual(rows_of(["// D1: NUL", "int helper();", "TEST(A, B) {"]), set())
        self.assertEqual(rows_of(["// D1 is not covered here", "TEST(A, B) {"]), set())


if __name__ == "__main__":
    unittest.main()
