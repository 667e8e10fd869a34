# SPDX-License-Identifier: Apache-2.0
"""How the whole-program tests start the program, the simulator and a project, with a program that is only played."""
import sys
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from unittest import mock

from support import syncline
from support.project import Project
from support.simulator import Simulator

PLAYED = f"#!{sys.executable}" + r'''
import http.server, json, os, sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
words = sys.argv[1:]

class Vendor(http.server.BaseHTTPRequestHandler):
    def answer(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if url.path.startswith("/__sim/truth/"):
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            first = int(query["offset"])  # three resources, two a page at most
            text = "".join('{"id": "%d", "attributes": {"tenant": "%s", "sum": 0.10}}\n' % (i, query.get("tenant", "")) for i in range(first, min(3, first + 2)))
        elif url.path == "/__sim/log":
            text = '{"entries": [{"kind": "request", "target": "/a"}], "next": 2}'
        elif url.path == "/__sim/faults" and self.command == "POST":
            return self.send_error(400, "no such action")
        else:
            text = json.dumps({"method": self.command, "path": url.path, "body": json.loads(body) if body else None})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())
    do_GET = do_POST = do_PUT = do_DELETE = answer
    def log_message(self, *_): pass

if words[0] == "simulate" and "broken" in words:
    sys.exit("broken is not a vendor; known: marianatek")
elif words[0] == "simulate":
    server = http.server.HTTPServer(("127.0.0.1", 0), Vendor)
    url = "http://127.0.0.1:%d" % server.server_port
    print(json.dumps({"url": url, "env": {"MT_BASE_URL": url, "WORDS": " ".join(words)}}), flush=True)
    server.serve_forever()
elif words[0] == "init":
    os.makedirs(words[1])
    Path(words[1], "syncline.yaml").write_text("syncline: 1\n")
elif words[0] == "fail":
    sys.exit("the database is down")
else:
    print("progress", file=sys.stderr)
    print(json.dumps({"words": words, "key": os.environ.get("MT_API_KEY"), "entities": [{"entity": "customers", "inserted": 3}]}))
'''


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        program = self.folder / "syncline"
        program.write_text(PLAYED)
        program.chmod(0o755)
        patch = mock.patch.object(syncline, "PROGRAM", str(program))
        patch.start()
        self.addCleanup(patch.stop)

    def simulator(self, *arguments, **options):
        simulator = Simulator(*arguments, **options)
        self.addCleanup(simulator.stop)
        return simulator

    def test_a_command_gives_its_code_its_streams_and_its_document(self):
        ended = syncline.run("sync", "--days", 7, "--json", project="/some/folder", env={"MT_API_KEY": "k"})
        self.assertEqual((ended.code, ended.stderr), (0, "progress\n"))
        self.assertEqual(ended.document["words"], ["sync", "--days", "7", "--json", "--project", "/some/folder"])
        self.assertEqual((ended.document["key"], ended.entity("customers")["inserted"]), ("k", 3))

    def test_a_failed_command_shows_itself(self):
        ended = syncline.run("fail")
        self.assertEqual((ended.code, ended.document), (1, None))
        self.assertIn("the database is down", str(ended))

    def test_the_simulator_gets_its_options_and_says_how_to_reach_it(self):
        simulator = self.simulator(seed=3, rows={"users": 5}, rate=0, clock="2026-03-01T00:00:00Z")
        self.assertEqual(simulator.env["WORDS"], "simulate marianatek --listen 127.0.0.1:0 --seed 3 --rate 0 --clock 2026-03-01T00:00:00Z --rows users=5")
        self.assertEqual(simulator.url, simulator.env["MT_BASE_URL"])

    def test_the_control_plane_is_called_as_it_is_described(self):
        simulator = self.simulator()
        self.assertEqual(simulator.mutate("check_in", id="5"), {"method": "POST", "path": "/__sim/mutate", "body": {"op": "check_in", "id": "5"}})
        self.assertEqual(simulator.clock(advance_s=60)["body"], {"advance_s": 60})
        self.assertEqual((simulator.knobs()["method"], simulator.knobs(clamp=200)["method"]), ("GET", "PUT"))
        self.assertEqual((simulator.log()["next"], simulator.requests("/a"), simulator.requests("/b")), (2, 1, 0))

    def test_the_truth_is_read_to_its_end_whatever_the_size_of_its_pages_and_exactly(self):
        truth = list(self.simulator().truth("users", tenant="north"))
        self.assertEqual([one["id"] for one in truth], ["0", "1", "2"])
        self.assertEqual(truth[0]["attributes"], {"tenant": "north", "sum": Decimal("0.10")})

    def test_a_refused_control_request_is_an_error_with_the_answer(self):
        with self.assertRaisesRegex(AssertionError, "faults was answered with 400"):
            self.simulator().faults({"action": "explode"})

    def test_a_simulator_that_does_not_start_says_why(self):
        with self.assertRaisesRegex(AssertionError, "broken is not a vendor"):
            self.simulator("broken")

    def test_a_project_has_the_simulators_variables_and_its_database(self):
        project = Project(self.folder / "studio", "sqlite:/some/file.db", self.simulator())
        lines = (project.folder / ".env").read_text().splitlines()
        self.assertIn("DATABASE_URL=sqlite:/some/file.db", lines)
        self.assertIn("SYNCLINE_ALLOW_PRIVATE=true", lines)
        self.assertTrue(any(line.startswith("MT_BASE_URL=http://127.0.0.1:") for line in lines), lines)
        self.assertEqual(project.run("plan", "--json").document["words"], ["plan", "--json", "--project", str(project.folder)])

    def test_an_edit_that_does_not_fit_is_an_error(self):
        project = Project(self.folder / "studio", "sqlite:/some/file.db")
        project.edit("syncline.yaml", "syncline: 1", "syncline: 2")
        self.assertEqual((project.folder / "syncline.yaml").read_text(), "syncline: 2\n")
        with self.assertRaisesRegex(AssertionError, "0 times"):
            project.edit("syncline.yaml", "syncline: 1", "syncline: 2")


if __name__ == "__main__":
    unittest.main()
