# SPDX-License-Identifier: Apache-2.0
"""A server that takes connections and never says a word."""
import socket
import threading


class SilentServer:
    """`port` of this machine; `calls` is how many connections were made. Use as a context manager."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.calls, self._held = self._listener.getsockname()[1], 0, []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                self._held.append(self._listener.accept()[0])
            except OSError:
                return
            self.calls += 1

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._held:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
