# SPDX-License-Identifier: Apache-2.0
"""A run of the program in the background, for tests that do something to it, or to what it talks to, before it ends."""
import json
import os
import subprocess
import tempfile
import time

from support.processes import die_with_parent
from support.syncline import Ended, environment

LOOK_AGAIN = 0.01  # seconds between two looks


class Background:
    """`project` runs these arguments; stdout and stderr go to files, so that the program never waits for a reader. Use as a context manager.

    prepare: called in the new process before the program begins, for limits and signals.
    """

    def __init__(self, project, *arguments, prepare=None):
        self.arguments = list(map(str, arguments))
        self._stdout, self._stderr = (tempfile.TemporaryFile() for _ in range(2))

        def before_program():
            die_with_parent()
            if prepare:
                prepare()

        self.process = subprocess.Popen(project.command(*arguments), env=environment(), stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=self._stderr, preexec_fn=before_program)
        self._signalled = None

    def until(self, condition, what, seconds=60):
        """Waits until condition() is true; AssertionError when the program ends before, or the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}\n{self._said()}")
            try:
                self.process.wait(timeout=LOOK_AGAIN)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"the program ended with {self.process.returncode} before: {what}\n{self._said()}")

    def signal(self, number):
        """Sends a signal; the time to the end counts from the first one."""
        self._signalled = self._signalled or time.monotonic()
        self.process.send_signal(number)

    def end(self, seconds=120):
        """Waits for the end: how it ended, and how many seconds after the first signal (None without one)."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end within {seconds} s\n{self._said()}") from None
        after_signal = time.monotonic() - self._signalled if self._signalled else None
        stdout, stderr = self._read(self._stdout), self._read(self._stderr)
        document = json.loads(stdout) if "--json" in self.arguments and stdout.strip() else None
        return Ended(self.arguments, self.process.returncode, stdout, stderr, document), after_signal

    @staticmethod
    def _read(file):
        # The program writes through the same open file: its position must stay where it is.
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")

    def errors(self):
        """What it said on stderr so far."""
        return self._read(self._stderr)

    def _said(self):
        return f"stdout: {self._read(self._stdout)}\nstderr: {self._read(self._stderr)}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stdout.close()
        self._stderr.close()
