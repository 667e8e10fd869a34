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
# resource, attribute, what the vendor sends, entity, field, what the reject must show
PLANTS = [("users", "account_balance", '"12,3O"', "customers", "balance_cents", "12,3O"), ("users", "first_name", '"a\\u0000b"', "customers", "first_name", "NUL"),
          ("users", "id", "", "customers", "mt_user_id", "key"), ("class_sessions", "start_datetime", '"now"', "classes", "starts_at", "now"),
          ("class_sessions", "capacity", BIG, "classes", "seats", BIG), ("reservations", "status", '"teleported"', "reservations", "status", "teleported")]


class BadInput(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.simulator = Simulator(seed=3, rate=0, clock="2026-03-02T12:00:00Z")
        self.addCleanup(self.simulator.stop)

    def migrated(self, kind="sqlite", folder=""):
        database = self.database(kind)
        project = Project(self.folder / (folder or kind), database.url, self.simulator)
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
                self.assertGreater(self.simulator.requests("/api/users"), 2)
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

    def test_a_bad_record_is_one_reject_and_the_others_land(self):
        for kind in self.KINDS:
            for resource, attribute, raw, entity, field, shown in PLANTS:
                with self.subTest(f"{attribute} on {kind}"):
                    self.simulator.reset(seed=3)
                    self.plant_and_sync(kind, resource, attribute, raw, entity, field, shown)

    def plant_and_sync(self, kind, resource, attribute, raw, entity, field, shown):
        database = self.database(kind)
        project = Project(self.folder / f"{kind}-{attribute}", database.url, self.simulator)
        project.run("migrate")
        id = [document for document in self.simulator.truth(resource, "north") if self.plain(document)][5]["id"]
        fault = {"match": {"path": f"/api/{resource}"}, "every": 1, "id": id}
        self.simulator.faults({**fault, "action": "remove_id"} if attribute == "id" else {**fault, "action": "set_attribute", "attribute": attribute, "raw": raw})
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 10, str(ended))
        rejects = project.run("rejects", "--json").document["rejects"]
        own = [reject for reject in rejects if reject["entity"] == entity]
        self.assertEqual([(reject["field"], reject["key"]) for reject in own], [(field, "" if attribute == "id" else id)])
        self.assertIn(shown, own[0]["reason"] + own[0]["value"])
        self.assertIn(attribute, own[0]["payload"] if attribute != "id" else attribute)
        # What refers to a class that could not land is rejected in its turn, and nothing else is.
        self.assertEqual({(reject["entity"], reject["field"]) for reject in rejects} - {(entity, field)}, {("reservations", "class_id")} if entity == "classes" else set())
        for report in ended.document["entities"]:
            self.assertEqual(report["rejected"], sum(1 for reject in rejects if reject["entity"] == report["entity"]))
            self.assertEqual(report["inserted"], report["rows"] - report["rejected"])
        people = project.run("rejects")
        self.assertIn(f", {field} ({own[0]['code']}): ", people.stdout)

    @staticmethod
    def plain(document):
        return document.get("reservation_type", "standard") == "standard"

    # F17: a database, or a role, that takes no writes
    def test_a_database_that_takes_no_writes_is_refused_at_the_start_and_nothing_is_written(self):
        for what, whose in (("database", "database {database}"), ("role", "role syncline in database {database}")):
            with self.subTest(what):
                project, database = self.migrated("postgresql", folder=what)
                files = sorted((project.folder / "migrations").iterdir())
                name = database.value("select current_database()")
                database.execute(f"alter {whose.format(database=name)} set default_transaction_read_only = on")
                for arguments in (("sync", "--json"), ("sync", "--dry-run"), ("migrate",), ("retry", "1")):
                    ended = project.run(*arguments)
                    self.assertEqual(ended.code, 23, str(ended))
                    self.assertIn("takes no writes", ended.stdout + ended.stderr)
                    self.assertIn("default_transaction_read_only", ended.stdout + ended.stderr)
                self.assertEqual(self.simulator.requests("/api/"), 0, "the vendor was asked for what could not be written")
                self.assertEqual([database.value(f"select count(*) from syncline.{table}") for table in ("sync_log", "sync_checkpoint", "sync_lease")], ["0", "0", "0"])
                self.assertEqual(database.value("select count(*) from customers where mt_user_id is not null"), "0")
                self.assertEqual(sorted((project.folder / "migrations").iterdir()), files)

    # D16: most of a field is not what it was
    def test_a_mapping_that_rejects_most_is_refused_and_the_next_run_reads_it_all_again(self):
        self.simulator.reset(seed=3, rows={"users": 600})
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.migrated(kind)
                project.edit("entities/customers.yaml", "  first_name: first_name\n", "  first_name: {from: first_name, values: {Nobody: Nobody}, otherwise: reject}\n")
                refused = project.run("sync", "customers", "--json")
                self.assertEqual(refused.code, 25, str(refused))
                self.assertFalse(refused.entity("customers")["complete"])
                self.assertIn("more than half", project.run("log", refused.document["run"]).stdout)
                for command in ("log", "rejects", "retry"):
                    nowhere = project.run(command, "999", "--json")
                    self.assertEqual((nowhere.code, nowhere.document["error"]["code"]), (20, "no_such_run"), str(nowhere))
                    self.assertIn("there is no run 999 in the log", nowhere.stderr)
                self.assertEqual(len(project.run("rejects", "--json", "--limit", "100000").document["rejects"]), refused.entity("customers")["rejected"])
                project.edit("entities/customers.yaml", "  first_name: {from: first_name, values: {Nobody: Nobody}, otherwise: reject}\n", "  first_name: first_name\n")
                mended = project.run("sync", "customers", "--json")
                self.assertEqual(mended.code, 0, str(mended))
                self.assertEqual(mended.entity("customers")["inserted"], 600)
                self.assertTrue(mended.entity("customers")["complete"])

    def test_dates_that_contradict_each_other_are_refused(self):
        project, _ = self.migrated()
        for words, named in ((("--start-date", "2026-03-05", "--end-date", "2026-03-01"), "--end-date"), (("--full", "--start-date", "2026-03-05"), "--full")):
            ended = project.run("sync", *words)
            self.assertEqual(ended.code, 20, str(ended))
            self.assertIn(named, ended.stderr)

    def test_an_output_that_cannot_be_written_is_no_crash(self):
        project, _ = self.migrated()
        with open("/dev/full", "w") as full:
            ended = subprocess.run(project.command("sync", "customers"), env=syncline.environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertIn(ended.returncode, (0, 20), ended.stderr)
        self.assertEqual(project.run("sync", "customers").code, 0)

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
                before = self.simulator.log()["next"]
                self.simulator.faults({"match": {"path": "/api/users"}, "action": "status", "status": 429, "retry_after": 4, "count": 1})
                first = subprocess.Popen(project.command("sync", "customers"), env=syncline.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                try:
                    while self.simulator.requests("/api/users", before) == 0:
                        self.assertIsNone(first.poll())
                    second = project.run("sync", "customers", "--json")
                    self.assertEqual(second.code, 26, str(second))
                    self.assertIn("run ", json.dumps(second.document))
                finally:
                    first.communicate(timeout=60)
                self.assertEqual(first.returncode, 0)
                self.simulator.faults()

    # F15: the table was changed
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
