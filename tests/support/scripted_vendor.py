# SPDX-License-Identifier: Apache-2.0
"""A vendor that a test scripts: a function answers each request, over real HTTP on a free port of this machine."""
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: dict  # names in lower case
    body: str


@dataclass
class Answer:
    status: int = 200
    body: object = ""  # anything but text and bytes is sent as JSON
    headers: dict = field(default_factory=dict)

    def bytes(self):
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


class ScriptedVendor:
    """answer(request) gives an Answer. `requests` keeps every request, in order. Use as a context manager."""

    def __init__(self, answer):
        self.requests = []
        lock, requests = threading.Lock(), self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                request = Request(self.command, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), {name.lower(): value for name, value in self.headers.items()}, body)
                with lock:
                    requests.append(request)
                    given = answer(request)
                content = given.bytes()
                # A vendor's clock may be another than ours.
                (self.send_response_only if "Date" in given.headers else self.send_response)(given.status)
                for name, value in {"Content-Type": "application/json", **given.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
