# SPDX-License-Identifier: Apache-2.0
"""Runs every connectors/*/scenarios/*/: a whole sync told as data. scenario.json says what the vendor is asked and answers, how the run must
end, and which rows must then be there; tables.sql makes the user's tables. A connector needs nothing but its folder to be tested."""
import json
import tempfile
import unittest
from pathlib import Path

from support.database import Database, in_postgres
from support.postgres import Postgres
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor

CONNECTORS = Path(__file__).resolve().parents[2] / "connectors"


class Script:
    """The exchanges of a scenario: each request must be one of them, with these parameters and headers."""

    def __init__(self, exchanges):
        self._exchanges, self.strangers = exchanges, []

    def answer(self, request):
        for exchange in self._exchanges:
            expected = exchange["request"]
            if expected["path"] == request.path and expected["query"] == request.query and all(request.headers.get(name) == value for name, value in expected["headers"].items()):
                return Answer(exchange["answer"]["status"], exchange["answer"]["body"])
        self.strangers.append(f"{request.path} {request.query} {request.headers}")
        return Answer(404, {"detail": "not in the scenario"})


class Scenarios(unittest.TestCase):
    def test_every_scenario_of_every_connector(self):
        scenarios = sorted(CONNECTORS.glob("*/scenarios/*/scenario.json"))
        self.assertGreater(len(scenarios), 0)
        with Postgres() as postgres:
            for file in scenarios:
                for kind in ("sqlite", "postgresql"):
                    with self.subTest(f"{file.parent.relative_to(CONNECTORS)} on {kind}"), tempfile.TemporaryDirectory(prefix="syncline-scenario-") as folder:
                        url = f"sqlite:{folder}/app.db" if kind == "sqlite" else postgres.create_database()
                        self.play(file, Database(url), Path(folder))
                        print(f"{file.parent.relative_to(CONNECTORS)} on {kind}: as told", flush=True)

    def play(self, file, database, folder):
        scenario = json.loads(file.read_text())
        tables = (file.parent / "tables.sql").read_text()
        database.execute(tables if database.is_sqlite else in_postgres(tables))
        script = Script(scenario["exchanges"])
        with ScriptedVendor(script.answer) as vendor:
            project = Project(folder / "project", database.url, connector=file.parents[2].name)
            base_url = scenario["base_url"]
            project.write_env({**scenario["env"], base_url["variable"]: vendor.url + base_url["path"]})
            for command in ("lint", "migrate"):
                ended = project.run(command)
                self.assertEqual(ended.code, 0, str(ended))
            first = project.run("sync", "--json")
            self.assertEqual(script.strangers, [], str(first))
            self.assertEqual(first.code, scenario["exit"], str(first))
            self.assert_counts(first, scenario["counts"])
            rejects = [{name: reject[name] for name in ("entity", "key", "field", "code")} for reject in project.run("rejects", "--json").document["rejects"]]
            self.assertEqual(sorted(rejects, key=str), sorted(scenario["rejects"], key=str))
            self.assert_rows(database, scenario["rows"])
            second = project.run("sync", "--json")
            self.assertEqual(script.strangers, [], str(second))
            self.assert_counts(second, scenario["second_counts"])
            self.assert_rows(database, scenario["rows"])

    def assert_counts(self, ended, expected):
        for entity, counts in expected.items():
            report = ended.entity(entity)
            self.assertEqual({name: report[name] for name in counts}, counts, report)

    def assert_rows(self, database, expected):
        for one in expected:
            rows = [[cell if cell is None else str(cell) for cell in row] for row in database.rows(one["query"])]
            self.assertEqual(rows, one["are"])


if __name__ == "__main__":
    unittest.main()
