# SPDX-License-Identifier: Apache-2.0
"""Kills a program at a chosen moment, to see that what it leaves behind can be gone on from."""
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

from support.processes import die_with_parent

LOOK_AGAIN = 0.002  # seconds between two looks at the progress


@dataclass
class Killed:
    """killed: the signal came before the program had ended; otherwise `code` is how it ended by itself."""

    killed: bool
    code: int
    seconds: float
    stderr: str


def run_and_kill(command, *, after=None, when=None, how=signal.SIGKILL, env=None, cwd=None, timeout=600, started=lambda pid: None):
    """Runs a command and sends it a signal `after` so many seconds, or as soon as when() is true; without both it runs to its end.

    started: is told the process id, for somebody else who kills it.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as stderr:
        begun = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, preexec_fn=die_with_parent)
        started(process.pid)
        killed = False
        if after is not None or when is not None:
            killed = _wait_for_moment(process, begun, after, when, timeout)
            if killed:
                os.kill(process.pid, how)
        try:
            code = process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        stderr.seek(0)
        return Killed(killed and code == -how, code, time.monotonic() - begun, stderr.read())


def _wait_for_moment(process, started, after, when, timeout):
    """True once the moment has come, False if the program ended before."""
    while True:
        passed = time.monotonic() - started
        if (after is not None and passed >= after) or (when is not None and when()):
            return process.poll() is None
        if passed > timeout:
            process.kill()
            process.wait()
            raise subprocess.TimeoutExpired(process.args, timeout)
        try:
            process.wait(timeout=LOOK_AGAIN if after is None else max(0, min(after - passed, LOOK_AGAIN if when else after)))
            return False
        except subprocess.TimeoutExpired:
            pass
