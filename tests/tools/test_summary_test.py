# SPDX-License-Identifier: Apache-2.0
"""tools/test_summary: what it counts in the output of test programs."""
import subprocess
import tempfile
import unittest
from pathlib import Path
from xml.sax.saxutils import escape

TOOL = Path(__file__).resolve().parents[2] / "tools" / "test_summary"

GTEST = """[==========] Running 3 tests from 1 test suite.
[ RUN      ] Decimal.IsExact
[       OK ] Decimal.IsExact (0 ms)
[ RUN      ] Decimal.NeedsALocale
src/base/decimal_test.cpp:12: Skipped
no such locale
[  SKIPPED ] Decimal.NeedsALocale (0 ms)
[ RUN      ] Decimal.GroupingMustBeRight
src/base/decimal_test.cpp:20: Failure
[  FAILED  ] Decimal.GroupingMustBeRight (1 ms)
[==========] 3 tests from 1 test suite ran. (1 ms total)
[  PASSED  ] 1 test.
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Decimal.GroupingMustBeRight
"""
UNITTEST = """test_equal (__main__.Table.test_equal) ... ok
test_kill (__main__.Table.test_kill) ... skipped 'no such signal'
setUpClass (__main__.OnPostgres) ... skipped 'package postgresql-15 is not installed'
======================================================================
FAIL: test_differs (__main__.Table.test_differs)
----------------------------------------------------------------------
Ran 3 tests in 0.001s

FAILED (failures=1, skipped=2)
"""


def summary_of(*tests):
    """Exit code and lines for tests given as (name, status, output)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.xml"
        file.write_text("<testsuite>" + "".join(f'<testcase name="{name}" status="{status}"><system-out>{escape(output)}</system-out></testcase>' for name, status, output in tests)
                        + "</testsuite>")
        ended = subprocess.run([TOOL, file], capture_output=True, text=True)
        return ended.returncode, ended.stdout.splitlines()


class TestSummary(unittest.TestCase):
    def test_counts_the_cases_of_a_gtest_program_and_names_what_is_not_well(self):
        self.assertEqual(summary_of(("base", "fail", GTEST)), (1, ["skipped  base: Decimal.NeedsALocale: no such locale", "FAILED   base: Decimal.GroupingMustBeRight",
                                                                    "1 passed, 1 failed, 1 skipped"]))

    def test_counts_the_cases_of_a_unittest_program_and_classes_that_skip_as_a_whole(self):
        self.assertEqual(summary_of(("e2e", "fail", UNITTEST))[1][-1], "1 passed, 1 failed, 2 skipped")

    def test_a_program_that_crashed_is_a_failure_even_if_no_case_says_so(self):
        code, lines = summary_of(("base", "fail", "[ RUN      ] Decimal.IsExact\nSegmentation fault\n"))
        self.assertEqual((code, lines[-1]), (1, "0 passed, 1 failed, 0 skipped"))

    def test_a_program_that_passed_its_cases_and_then_failed_is_a_failure(self):
        output = "[==========] 2 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 2 tests.\nERROR: LeakSanitizer: detected memory leaks\n"
        code, lines = summary_of(("base", "fail", output))
        self.assertEqual((code, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))

    def test_a_program_that_could_not_run_is_skipped_visibly(self):
        self.assertEqual(summary_of(("fuzz", "notrun", ""))[1], ["skipped  fuzz: (the program as a whole)", "0 passed, 0 failed, 1 skipped"])

    def test_no_tests_are_not_a_success(self):
        self.assertEqual(summary_of(), (1, ["0 passed, 0 failed, 0 skipped"]))


if __name__ == "__main__":
    unittest.main()
