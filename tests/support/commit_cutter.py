# SPDX-License-Identifier: Apache-2.0
"""Stands between the program and PostgreSQL, and cuts the connection at the worst moments: around COMMIT, or at any message."""
import socket
import struct
import threading

COMMIT = b"Q" + struct.pack("!I", 4 + len(b"COMMIT\0")) + b"COMMIT\0"


class CommitCutter:
    """Forwards to 127.0.0.1:port until its plan comes up. Use as a context manager.

    cut(number, when): the number-th COMMIT of a connection (from 1)
      before       is not forwarded
      after        is forwarded and answered, but the answer is lost
      unknown      is forwarded, and nobody waits for the answer
    cut_message(number): the number-th message of the program is not forwarded, whatever it is.
    """

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.commits = self.messages = self.cuts = 0
        self._number, self._when, self._message = None, None, None
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self, number, when):
        self._number, self._when, self._message = number, when, None

    def cut_message(self, number):
        self._number, self._when, self._message = None, None, number

    def forward_all(self):
        self._number, self._when, self._message = None, None, None

    def url(self, database_url):
        """The same database, through here. Without encryption: the messages must be seen."""
        head, _, path = database_url.rpartition("/")
        return f"{head.rpartition(':')[0]}:{self.port}/{path}?sslmode=disable&gssencmode=disable"

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        self.commits = self.messages = 0
        server = socket.create_connection(("127.0.0.1", self._target))
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # small messages are not held back
        answered = threading.Event()  # set once the answer that must be lost has come
        losing = threading.Event()
        back = threading.Thread(target=self._answers, args=(server, client, losing, answered), daemon=True)
        back.start()
        with client, server:
            try:
                self._requests(client, server, losing, answered)
            except OSError:
                pass
            for end in (client, server):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            back.join()

    def _requests(self, client, server, losing, answered):
        source = client.makefile("rb")
        first = source.read(4)
        if len(first) < 4:
            return
        server.sendall(first + source.read(struct.unpack("!I", first)[0] - 4))
        while True:
            head = source.read(5)
            if len(head) < 5:
                return
            message = head + source.read(struct.unpack("!I", head[1:])[0] - 4)
            self.messages += 1
            if self.messages == self._message:
                self.cuts += 1
                return
            if message == COMMIT:
                self.commits += 1
                if self.commits == self._number:
                    self.cuts += 1
                    if self._when == "before":
                        return
                    losing.set()
                    server.sendall(message)
                    if self._when == "after":
                        answered.wait(timeout=60)
                    return
            server.sendall(message)

    @staticmethod
    def _answers(server, client, losing, answered):
        try:
            while part := server.recv(65536):
                if losing.is_set():
                    answered.set()
                else:
                    client.sendall(part)
        except OSError:
            pass
        answered.set()
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
