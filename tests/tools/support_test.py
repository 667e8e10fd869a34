# SPDX-License-Identifier: Apache-2.0
"""What the whole-program tests stand on: a PostgreSQL server of their own, background programs, kills at a chosen moment."""
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import postgres, syncline
from support.kill import run_and_kill
from support.postgres import Postgres
from support.processes import Daemon
from support.project import quoted


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


class OwnPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres({"max_connections": 20})
        cls.addClassCleanup(cls.postgres.stop)

    def test_null_and_empty_text_and_separators_come_back_as_they_are(self):
        rows = self.postgres.rows("select null, '', 'a,b', 'say \"x\"', E'two\\nlines', 'É', 1.50::numeric, E'cr\\r\\nlf'")
        self.assertEqual(rows, [[None, "", "a,b", 'say "x"', "two\nlines", "É", "1.50", "cr\r\nlf"]])

    def test_a_lone_empty_text_is_a_row(self):
        self.assertEqual(self.postgres.rows("select '' union all select null"), [[""], [None]])

    def test_many_rows_come_one_by_one(self):
        self.assertEqual(sum(int(row[0]) for row in postgres.stream_rows(self.postgres.url(), "select generate_series(1, 25000)")), 25000 * 25001 // 2)

    def test_databases_do_not_see_each_other(self):
        one, other = self.postgres.create_database(), self.postgres.create_database()
        self.postgres.execute("create table mine (id int)", one)
        self.assertEqual(self.postgres.rows("select to_regclass('mine')", other), [[None]])
        self.assertEqual(self.postgres.rows("select to_regclass('mine')", one), [["mine"]])

    def test_settings_arrive(self):
        self.assertEqual(self.postgres.rows("show max_connections"), [["20"]])

    def test_a_wrong_statement_says_so(self):
        with self.assertRaisesRegex(AssertionError, "nowhere"):
            self.postgres.execute("select * from nowhere")
        with self.assertRaisesRegex(AssertionError, "nowhere"):
            self.postgres.rows("select * from nowhere")

    def test_two_servers_run_side_by_side_and_stop_without_leaving_anything(self):
        with Postgres() as other:
            pid, folder = other.pid, other.folder
            self.assertNotEqual(other.port, self.postgres.port)
            self.assertTrue(alive(pid))
        self.assertFalse(alive(pid))
        self.assertFalse(folder.exists())
        self.assertEqual(self.postgres.rows("select 1"), [["1"]])

    def test_a_machine_without_the_server_skips_and_names_the_package(self):
        with mock.patch.object(postgres, "BIN", Path("/nowhere")), self.assertRaisesRegex(unittest.SkipTest, "postgresql-15"):
            Postgres()


class Programs(unittest.TestCase):
    def test_a_program_that_ends_before_it_is_ready_is_quoted(self):
        with self.assertRaisesRegex(AssertionError, "no such port"):
            Daemon([sys.executable, "-c", "print('no such port')"]).wait_for_line(lambda line: "ready" in line, seconds=30)

    def test_a_program_that_ignores_its_end_is_killed(self):
        daemon = Daemon([sys.executable, "-uc", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); signal.pause()"])
        daemon.wait_for_line(lambda line: line == "ready\n", seconds=30)
        self.assertEqual(daemon.stop(seconds=0.2), -signal.SIGKILL)

    def test_a_program_dies_with_the_test_that_started_it(self):
        with tempfile.NamedTemporaryFile("r") as file:
            # The test's process starts a program, says its id, and crashes. The program holds a pipe open for as long as it lives.
            reader, writer = os.pipe()
            code = ("import os, sys; from support.processes import Daemon; d = Daemon([sys.executable, '-uc', 'import signal; print(1); signal.pause()'], pass_fds=[int(sys.argv[2])]);"
                    "d.wait_for_line(bool, 30); open(sys.argv[1], 'w').write(str(d.pid)); os._exit(1)")
            subprocess.run([sys.executable, "-c", code, file.name, str(writer)], pass_fds=[writer], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
            os.close(writer)
            self.assertTrue(select.select([reader], [], [], 20)[0], "the pipe is still open: the program lives on")
            os.close(reader)
            self.assertGreater(int(file.read()), 1)


class Kill(unittest.TestCase):
    def test_kills_after_a_time(self):
        ended = run_and_kill([sys.executable, "-c", "import signal; signal.pause()"], after=0.1)
        self.assertEqual((ended.killed, ended.code), (True, -signal.SIGKILL))
        self.assertGreaterEqual(ended.seconds, 0.1)

    def test_kills_at_a_progress(self):
        with tempfile.TemporaryDirectory() as folder:
            mark = Path(folder) / "halfway"
            ended = run_and_kill([sys.executable, "-c", f"open({str(mark)!r}, 'w'); import sys, signal; print('at work', file=sys.stderr, flush=True); signal.pause()"],
                                 when=lambda: mark.exists())
            self.assertTrue(ended.killed)

    def test_a_program_that_is_faster_was_not_killed(self):
        ended = run_and_kill([sys.executable, "-c", "import sys; print('done', file=sys.stderr); sys.exit(11)"], after=30)
        self.assertEqual((ended.killed, ended.code, ended.stderr), (False, 11, "done\n"))

    def test_without_a_moment_it_runs_to_its_end(self):
        self.assertEqual(run_and_kill([sys.executable, "-c", "pass"]).code, 0)

    def test_a_moment_that_never_comes_ends_with_the_timeout(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            run_and_kill([sys.executable, "-c", "import signal; signal.pause()"], when=lambda: False, timeout=0.2)


class Environment(unittest.TestCase):
    def test_a_variable_of_the_developer_does_not_reach_the_program(self):
        with mock.patch.dict(os.environ, {"MT_API_KEY": "real", "DATABASE_URL": "postgresql://real", "HOME": "/home/me"}):
            seen = syncline.environment({"MT_USERNAME": "test", "HOME": None})
        self.assertEqual([seen.get(name) for name in ("MT_API_KEY", "DATABASE_URL", "MT_USERNAME", "HOME")], [None, None, "test", None])

    def test_values_with_blanks_are_quoted_for_a_dot_env_file(self):
        self.assertEqual([quoted(value) for value in ("http://127.0.0.1:1/t/x", "two words", 'a"b\\c')], ["http://127.0.0.1:1/t/x", '"two words"', '"a\\"b\\\\c"'])


if __name__ == "__main__":
    unittest.main()
