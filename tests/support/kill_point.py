# SPDX-License-Identifier: Apache-2.0
"""Stands between the program and PostgreSQL, and kills the program at a chosen message: the moments that a clock hits too rarely."""
import os
import signal
import socket
import struct
import threading


class KillPoint:
    """Forwards to 127.0.0.1:port until its plan comes up. Use as a context manager.

    plan(moment, number, depth): what comes up for the number-th time, over all connections since then
      "inside a transaction"         the number-th transaction's depth-th message behind BEGIN, or the next of a transaction behind it; not forwarded
      "COMMIT, not sent"             the program has said COMMIT, and the server has not heard it
      "COMMIT, not answered"         the server has committed, and the program has not heard it
      "after a commit"               the program has the answer, and goes on
    aim(pid) says whom to kill. `hits` is how often somebody was.
    """

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._aimed = threading.Event()
        self._pid, self._open, self.hits = None, set(), 0
        self.plan(None, 0)
        threading.Thread(target=self._accept, daemon=True).start()

    def plan(self, moment, number, depth=1):
        with self._lock:
            self._moment, self._left, self._place, self._begun = moment, number, (number, depth), 0
            self._aimed.clear()

    def aim(self, pid):
        self._pid = pid
        self._aimed.set()

    def url(self, database_url):
        """The same database, through here. Without encryption: the messages must be seen."""
        head, _, path = database_url.rpartition("/")
        return f"{head.rpartition(':')[0]}:{self.port}/{path}?sslmode=disable&gssencmode=disable"

    @property
    def in_transaction(self):
        """Whether any connection is in a transaction at this moment."""
        return bool(self._open)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        server = socket.create_connection(("127.0.0.1", self._target))
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small messages are not held back
        connection = _Connection(self, client, server)
        back = threading.Thread(target=connection.answers, daemon=True)
        back.start()
        with client, server:
            try:
                connection.requests()
            except OSError:
                pass
            for end in (client, server):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            back.join()
        self._open.discard(connection)

    def begins(self):
        """The number of the transaction that begins."""
        with self._lock:
            self._begun += 1
            return self._begun

    def comes_up(self, moment, place=None):
        """Counts a moment; True when it is the planned one, and then nobody is there any more."""
        with self._lock:
            if moment != self._moment or self._left <= 0:
                return False
            self._left = (place < self._place) if place else self._left - 1
            if self._left > 0:
                return False
        self._aimed.wait(timeout=60)
        try:
            os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.hits += 1
        return True

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class _Connection:
    def __init__(self, point, client, server):
        self.point, self.client, self.server = point, client, server
        self.committing, self.number, self.depth = False, 0, 0

    def requests(self):
        source = self.client.makefile("rb")
        first = source.read(4)
        if len(first) < 4:
            return
        self.server.sendall(first + source.read(struct.unpack("!I", first)[0] - 4))
        while True:
            head = source.read(5)
            if len(head) < 5:
                return
            message = head + source.read(struct.unpack("!I", head[1:])[0] - 4)
            if not self.forwards(message):
                return
            self.server.sendall(message)

    def forwards(self, message):
        """Keeps book of transactions; False when the program was killed instead."""
        point = self.point
        if message[:1] == b"Q" and message[5:].startswith(b"BEGIN"):
            point._open.add(self)
            self.number, self.depth = point.begins(), 0
        elif message[:1] == b"Q" and message[5:].startswith((b"COMMIT", b"ROLLBACK\0")):
            if message[5:].startswith(b"COMMIT"):
                if point.comes_up("COMMIT, not sent"):
                    return False
                self.committing = True
            point._open.discard(self)
        elif self in point._open:
            self.depth += 1
            return not point.comes_up("inside a transaction", (self.number, self.depth))
        return True

    def answers(self):
        try:
            while part := self.server.recv(65536):
                was_commit, self.committing = self.committing, False
                if was_commit and self.point.comes_up("COMMIT, not answered"):
                    break
                self.client.sendall(part)
                if was_commit and self.point.comes_up("after a commit"):
                    break
        except OSError:
            pass
        try:
            self.client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
