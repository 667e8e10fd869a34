# SPDX-License-Identifier: Apache-2.0
"""What goes wrong outside gets the documented exit code and a message that names it, and loses nothing."""
import json
import subprocess
import unittest

from support import syncline
from support.checker import compare
from support.databases import OnBothDatabases
from support.project import Project
from support.simulator import Simulator

BIG = "9223372036854775808"


class BadInput(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=3, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def migrated(self, kind="sqlite"):
        database = self.database(kind)
        project = Project(self.folder / kind, database.url, self.simulator)
        self.assertEqual(project.run("migrate").code, 0)
        return project, database

    def test_a_missing_credential_is_named(self):
        project, _ = self.migrated()
        project.write_env({name: value for name, value in self.simulator.env.items() if not name.startswith(("MT_API_KEY", "MT_USERNAME", "MT_PASSWORD"))})
        ended = project.run("sync")
        self.assertEqual(ended.code, 21, str(ended))
        for name in ("MT_API_KEY", "MT_USERNAME", "MT_PASSWORD"):
            self.assertIn(name, ended.stdout + ended.stderr)
        self.assertIn(".env", ended.stdout + ended.stderr)

    def test_the_second_method_serves_when_the_first_is_refused(self):
        project, database = self.migrated()
        project.write_env({**self.simulator.env, "MT_API_KEY": "stale-key-of-another-tenant"})
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual(ended.entity("customers")["auth_method"], "oauth_password")
        self.assertNotIn("stale-key-of-another-tenant", ended.stdout + ended.stderr)

    def test_an_unknown_key_is_shown_with_its_place_and_the_nearest_known_one(self):
        project, _ = self.migrated()
        project.edit("entities/reservations.yaml", "\nfields:", "\nfeilds:")
        for command in ("lint", "sync"):
            ended = project.run(command)
            self.assertEqual(ended.code, 20, str(ended))
            self.assertRegex(ended.stdout + ended.stderr, r"entities/reservations\.yaml:\d+:1: unknown key `feilds`; did you mean `fields`\?")

    def test_a_broken_page_is_asked_for_again_and_then_nothing_of_it_lands(self):
        for action in ("html_200", "truncate_json", "error_envelope_200"):
            with self.subTest(action):
                database = self.database("sqlite")
                project = Project(self.folder / action, database.url, self.simulator)
                project.run("migrate")
                self.simulator.faults({"match": {"path": "/api/users"}, "action": action, "count": 1000})
                ended = project.run("sync", "customers", "--json")
                self.assertEqual(ended.code, 22, str(ended))
                self.assertGreater(sum(1 for entry in self.simulator.log() if "/api/users" in entry.get("target", "")), 2)
                self.assertEqual(int(database.value("select count(*) from customers where mt_user_id is not null")), 0)
                self.simulator.faults()
                self.assertEqual(project.run("sync", "customers").code, 0)

    def test_one_broken_answer_is_survived(self):
        project, database = self.migrated()
        self.simulator.faults({"match": {"path": "/api/users"}, "action": "truncate_json", "count": 1}, {"match": {"path": "/api/reservations"}, "action": "close_in_body", "count": 1},
                              {"match": {"path": "/api/class_sessions"}, "action": "status", "status": 503, "count": 1})
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])

    def test_each_bad_record_is_one_reject_and_the_others_land(self):
        plants = [("users", 1, "account_balance", '"12,3O"', "balance_cents", "12,3O"), ("users", 2, "first_name", '"a\\u0000b"', "first_name", ""),
                  ("class_sessions", 1, "start_datetime", '"now"', "starts_at", "now"), ("class_sessions", 2, "capacity", BIG, "seats", BIG),
                  ("reservations", 1, "status", '"teleported"', "status", "teleported")]
        for kind in self.KINDS:
            with self.subTest(kind):
                self.simulator.reset(seed=3)
                project, database = self.migrated(kind)
                expected = {}
                faults = []
                for resource, nth, attribute, raw, field, value in plants:
                    documents = [document for document in self.simulator.truth(resource, "north") if self.plain(document)]
                    id = documents[nth * 5]["id"]
                    expected[(field, id)] = value
                    faults.append({"match": {"path": f"/api/{resource}"}, "action": "set_attribute", "id": id, "attribute": attribute, "raw": raw, "every": 1})
                lost = next(document["id"] for document in self.simulator.truth("locations", "north"))
                faults.append({"match": {"path": "/api/locations"}, "action": "remove_id", "id": lost, "every": 1})
                self.simulator.faults(*faults)
                ended = project.run("sync", "--json")
                self.assertEqual(ended.code, 10, str(ended))
                rejects = {(reject["field"], reject["key"]): reject for reject in project.run("rejects", "--json").document["rejects"]}
                for (field, id), value in expected.items():
                    self.assertIn((field, id), rejects)
                    self.assertIn(value, rejects[(field, id)]["reason"] + rejects[(field, id)]["value"])
                    self.assertIn(id, rejects[(field, id)]["payload"])
                self.assertIn("missing_key", [reject["code"] for reject in rejects.values()])
                # What refers to a class that could not land is rejected in its turn, and nothing else is.
                others = {key for key in rejects if key not in expected and rejects[key]["code"] != "missing_key"}
                self.assertEqual({field for field, _ in others} - {"class_id"}, set())
                self.assertEqual(sum(entity["rejected"] for entity in ended.document["entities"]), len(rejects))
                self.assertEqual(ended.entity("customers")["inserted"], ended.entity("customers")["rows"] - 2)

    @staticmethod
    def plain(document):
        return document.get("reservation_type", "standard") == "standard"

    def test_a_database_that_is_not_there(self):
        project, _ = self.migrated()
        project.database_url = "postgresql://nobody@127.0.0.1:1/none"
        project.write_env(self.simulator.env)
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 23, str(ended))
        self.assertIn("127.0.0.1", ended.stderr)

    def test_a_second_run_of_the_same_entity_is_refused(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, _ = self.migrated(kind)
                self.simulator.faults({"match": {"path": "/api/users"}, "action": "delay", "delay_ms": 8000, "count": 1})
                first = subprocess.Popen(project.command("sync", "customers"), env=syncline.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                try:
                    before = len(self.simulator.log())
                    while not any("/api/users" in entry.get("target", "") for entry in self.simulator.log()[before - 1:]):
                        self.assertIsNone(first.poll())
                    second = project.run("sync", "customers", "--json")
                    self.assertEqual(second.code, 26, str(second))
                    self.assertIn("run ", json.dumps(second.document))
                finally:
                    first.communicate(timeout=60)
                self.assertEqual(first.returncode, 0)
                self.simulator.faults()

    def test_a_table_that_has_lost_a_column_is_drift(self):
        project, database = self.migrated()
        database.execute("alter table customers rename column first_name to given_name")
        ended = project.run("sync", "customers")
        self.assertEqual(ended.code, 24, str(ended))
        self.assertIn("first_name", ended.stdout + ended.stderr)

    def test_a_database_that_was_never_migrated_says_so(self):
        database = self.database("sqlite")
        project = Project(self.folder / "new", database.url, self.simulator)
        ended = project.run("sync")
        self.assertEqual(ended.code, 24, str(ended))
        self.assertIn("syncline migrate", ended.stderr)


if __name__ == "__main__":
    unittest.main()
