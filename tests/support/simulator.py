# SPDX-License-Identifier: Apache-2.0
"""`syncline simulate` in the background, and its control plane /__sim/ as Python."""
import json
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

from support.processes import Daemon
from support.syncline import command, environment

TRUTH_PAGE = 10_000
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Simulator:
    """A vendor on a free port of this machine; the same seed and the same calls give the same data. Use as a context manager.

    url: where it listens; env: what a project's .env needs to reach it.
    """

    def __init__(self, name="marianatek", *, seed=7, profile=None, rows=None, rate=None, clock=None):
        words = ["simulate", name, "--listen", "127.0.0.1:0", "--seed", seed]
        for option, value in (("--profile", profile), ("--rate", rate), ("--clock", clock)):
            words += [option, value] if value is not None else []
        for resource, count in (rows or {}).items():
            words += ["--rows", f"{resource}={count}"]
        self._errors = tempfile.TemporaryFile("a+", errors="replace")  # appending: reading it must not move where the program writes
        self._program = Daemon(command(*words), env=environment(), stdin=subprocess.DEVNULL, stderr=self._errors)
        try:
            ready = json.loads(self._program.wait_for_line(lambda line: True, seconds=300))
        except (AssertionError, json.JSONDecodeError) as error:
            said = f"{error}\n{self.errors()}"
            self.stop()
            raise AssertionError(said) from error
        self.url, self.env = ready["url"].rstrip("/"), ready["env"]

    def errors(self):
        """What it said on stderr so far."""
        self._errors.seek(0)
        return self._errors.read()

    @property
    def pid(self):
        return self._program.pid

    def call(self, method, path, body=None):
        """One request to the control plane; the answer's text. AssertionError with the answer when it is not 2xx."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/__sim/{path}", data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with NO_PROXY.open(request, timeout=120) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} /__sim/{path} was answered with {error.code}: {error.read().decode(errors='replace')[:500]}") from error

    def _json(self, *call):
        text = self.call(*call)
        return json.loads(text) if text.strip() else None

    def mutate(self, op, **arguments):
        """Changes the vendor's data; the answer says what changed."""
        return self._json("POST", "mutate", {"op": op, **arguments})

    def faults(self, *faults):
        """Replaces the faults to come: each {match, action, count | every | probability}. Without any, there are none."""
        self.call("DELETE", "faults")
        return self._json("POST", "faults", list(faults)) if faults else None

    def clock(self, **change):
        """advance_s=3600 or set="2026-03-01T00:00:00Z"."""
        return self._json("POST", "clock", change)

    def reset(self, **options):
        return self._json("POST", "reset", options)

    def knobs(self, **changes):
        """Sets the knobs that are named, and gives all of them."""
        return self._json("PUT", "knobs", changes) if changes else self._json("GET", "knobs")

    def log(self, since=0):
        """Requests and mutations from this position on, in order; `next` of the answer is where the following ones begin."""
        return self._json("GET", f"log?since={since}")

    def requests(self, path, since=0):
        """How often a path was asked for since then."""
        return sum(1 for entry in self.log(since)["entries"] if entry["kind"] == "request" and path in entry["target"])

    def truth(self, resource, tenant=None):
        """Every resource of a kind as the vendor knows it now, one by one, without the API that is under test."""
        offset = 0
        while True:  # until an empty page: the simulator may give fewer lines than asked for
            query = {"offset": offset, "limit": TRUTH_PAGE, **({"tenant": tenant} if tenant else {})}
            lines = [line for line in self.call("GET", f"truth/{resource}?{urllib.parse.urlencode(query)}").splitlines() if line]
            if not lines:
                return
            yield from (json.loads(line, parse_float=Decimal) for line in lines)
            offset += len(lines)

    def stop(self):
        code = self._program.stop()
        self._errors.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

