# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of one's own for a test: in a temporary folder, on a free port, gone at the end."""
import csv
import io
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path

from support.processes import Daemon, free_port

BIN = Path(os.environ.get("SYNCLINE_TEST_POSTGRES") or "/usr/lib/postgresql/15/bin")


class Postgres:
    """A cluster with the superuser `syncline` and no password, for connections from this machine. Use as a context manager.

    The server is Debian's, or the one whose programs are in the folder SYNCLINE_TEST_POSTGRES. `settings` are lines of postgresql.conf; commits are not flushed to disk unless {"fsync": "on"} asks for it.
    """

    def __init__(self, settings=None):
        if not (BIN / "postgres").exists():
            raise unittest.SkipTest("package postgresql-15 is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="syncline-postgres-"))
        self.port = free_port()
        self._server = None
        self._as_user = unprivileged_user()
        try:
            if self._as_user:
                shutil.chown(self.folder, self._as_user["user"], self._as_user["group"])
            self._run(BIN / "initdb", "--pgdata", self.folder / "data", "--username", "syncline", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
            settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder, "fsync": "off", "log_destination": "stderr", "timezone": "UTC",
                        "logging_collector": "off", **(settings or {})}
            words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            self._server = Daemon([BIN / "postgres", "-D", self.folder / "data", *words], watch="stderr", cwd=self.folder, **self._as_user)
            self._server.wait_for_line(lambda line: "database system is ready to accept connections" in line, seconds=60)
        except BaseException:
            self.stop()
            raise

    def _run(self, *command):
        ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=self.folder, **self._as_user)
        if ended.returncode != 0:
            raise AssertionError(f"{command[0]} failed:\n{ended.stdout}{ended.stderr}")

    @property
    def pid(self):
        return self._server.pid

    def url(self, database="postgres"):
        return f"postgresql://syncline@127.0.0.1:{self.port}/{database}"

    def create_database(self, name=None):
        """A new empty database; returns its URL."""
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'create database "{name}"')
        return self.url(name)

    def execute(self, sql, url=None):
        """Statements that give no rows. AssertionError with the server's words when one fails."""
        psql(url or self.url(), sql)

    def rows(self, sql, url=None):
        """All rows of a query as lists of texts, None for NULL."""
        return list(stream_rows(url or self.url(), sql))

    def take_log(self):
        """What the server has written into its log since it was asked last."""
        return "".join(self._server.take_lines())

    def stop(self, how=signal.SIGINT):
        """SIGINT: ends connections and stops; SIGQUIT: stops as if it had crashed, for tests of a lost database."""
        if self._server:
            self._server.stop(how)
            self._server = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def unprivileged_user():
    """Popen's options to run as somebody who is not root, as the server insists; none are needed if we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        except KeyError:
            pass
    raise unittest.SkipTest("running as root, and there is no user postgres or nobody to run the server as")


def psql_command(url, *options):
    return ["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", *options, url]


def psql(url, sql):
    ended = subprocess.run(psql_command(url), input=sql, capture_output=True, text=True)
    if ended.returncode != 0:
        raise AssertionError(f"psql failed: {ended.stderr}")


def stream_rows(url, sql):
    """Rows of a query one by one, as lists of texts, None for NULL: also for tables that should not be whole in memory."""
    null = f"null-{uuid.uuid4()}"  # a value no table holds: --csv writes NULL and "" alike otherwise
    command = psql_command(url, "--csv", "--tuples-only", "--pset", f"null={null}", "--set", "FETCH_COUNT=10000", "--command", sql)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process, io.TextIOWrapper(process.stdout, encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            yield [None if value == null else value for value in row or [""]]  # a lone empty text is an empty line
        failure = process.stderr.read().decode()
    if process.returncode != 0:
        raise AssertionError(f"psql failed: {failure}")
