# SPDX-License-Identifier: Apache-2.0
"""Programs that live as long as a test: started, waited for with a deadline, ended by their own id, and never left behind."""
import collections
import ctypes
import os
import queue
import signal
import socket
import subprocess
import threading


def die_with_parent():
    """For preexec_fn: the kernel ends this process when the test ends, however the test ends."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """A program in the background whose lines on one stream are read: to learn when it is ready, and kept for when something goes wrong."""

    def __init__(self, command, *, watch="stdout", **options):
        self.command = [str(word) for word in command]
        other = "stderr" if watch == "stdout" else "stdout"
        options.setdefault(other, subprocess.DEVNULL)
        self.process = subprocess.Popen(self.command, text=True, errors="replace", preexec_fn=die_with_parent, **{watch: subprocess.PIPE}, **options)
        self.tail = collections.deque(maxlen=50)
        self._lines = queue.SimpleQueue()
        self._stream = getattr(self.process, watch)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._stream:
            self.tail.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def take_lines(self):
        """What it has said since it was asked last."""
        lines = []
        while True:
            try:
                lines.append(self._lines.get_nowait() or "")
            except queue.Empty:
                return lines

    def wait_for_line(self, wanted, seconds):
        """The first line for which wanted(line) is true; AssertionError with what was said when the program ends or the time is over."""
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except queue.Empty:
                line = None
            if line is None:
                self.stop(signal.SIGKILL)
                raise AssertionError(f"{self.command[0]} was not ready in {seconds} s or ended ({self.process.returncode}); it said:\n{''.join(self.tail)}")
            if wanted(line):
                return line

    @property
    def pid(self):
        return self.process.pid

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Ends the program and gives its exit code; a program that does not obey in time is killed."""
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
            try:
                self.process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(timeout=seconds)
        self._stream.close()
        return self.process.returncode
