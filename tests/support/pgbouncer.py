# SPDX-License-Identifier: Apache-2.0
"""PgBouncer in transaction mode in front of a test's PostgreSQL: each transaction gets whichever server session is free."""
import shutil
import socket
import tempfile
import time
import unittest
from pathlib import Path

from support.postgres import unprivileged_user
from support.processes import Daemon, free_port

PROGRAM = Path("/usr/sbin/pgbouncer")


class PgBouncer:
    """`sessions`: how many the server has for all clients together. Use as a context manager."""

    def __init__(self, postgres, sessions):
        if not PROGRAM.exists():
            raise unittest.SkipTest("package pgbouncer is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="syncline-pgbouncer-"))
        self.port = free_port()
        as_user = unprivileged_user()
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(f"[databases]\n* = host=127.0.0.1 port={postgres.port} user=syncline\n[pgbouncer]\npool_mode = transaction\ndefault_pool_size = {sessions}\n"
                            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = any\n")
        for path in (self.folder, settings):
            if as_user:
                shutil.chown(path, as_user["user"], as_user["group"])
        self._program = Daemon([PROGRAM, settings], watch="stderr", cwd=self.folder, **as_user)
        self._wait_until_it_listens()

    def _wait_until_it_listens(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._program.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                continue
        self.stop()
        raise AssertionError(f"PgBouncer did not start:\n{''.join(self._program.tail)}")

    def url(self, url):
        """The same database as this URL names, through PgBouncer."""
        return f"postgresql://syncline@127.0.0.1:{self.port}/{url.rsplit('/', 1)[1]}"

    def stop(self):
        self._program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
