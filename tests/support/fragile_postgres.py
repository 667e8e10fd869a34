# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server that crashes and comes back with the same data, and a disk that fills up."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.postgres import Postgres
from support.processes import Daemon

RESTART_SECONDS = 60


class FragilePostgres(Postgres):
    def crash(self):
        """kill -9 of the postmaster, as the kernel does it when memory is short."""
        self._command = self._server.command
        self._server.stop(signal.SIGKILL)

    def restart(self):
        """On the same data folder; server processes that outlive the postmaster for a moment stand in the way, so it is tried until they are gone."""
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            self._server = Daemon(self._command, watch="stderr", cwd=self.folder, **self._as_user)
            try:
                self._server.wait_for_line(lambda line: "database system is ready to accept connections" in line, seconds=RESTART_SECONDS)
                return
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    def own(self, folder):
        """Gives a folder to the user the server runs as."""
        if self._as_user:
            shutil.chown(folder, self._as_user["user"], self._as_user["group"])


class SmallDisk:
    """A file system of so many KiB. SkipTest where mounting is not permitted. Use as a context manager."""

    def __init__(self, kib):
        self.folder = Path(tempfile.mkdtemp(prefix="syncline-disk-"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=0755", "tmpfs", self.folder], capture_output=True, text=True)
        if mounted.returncode != 0:
            os.rmdir(self.folder)
            raise unittest.SkipTest(f"no small disk can be mounted here: {mounted.stderr.strip()}")

    def grow(self, kib):
        subprocess.run(["mount", "-o", f"remount,size={kib}k", self.folder], check=True, capture_output=True)

    def free_kib(self):
        space = os.statvfs(self.folder)
        return space.f_bavail * space.f_frsize // 1024

    def stop(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True, capture_output=True)
        os.rmdir(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
