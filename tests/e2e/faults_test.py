# SPDX-License-Identifier: Apache-2.0
"""A vendor that limits, fails, lies or moves while it is read: waited for, tried again or refused, with what came before kept, and never a false success."""
import json
import time
import unittest

from support.background import Background
from support.canary import Canaries
from support.checker import compare
from support.databases import OnBothDatabases
from support.ledger import assert_exact, committed, own
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor
from support.simulator import Simulator

SEED, RESERVATIONS, PAGE = 918273645, 2600, 500
ROWS = {"reservations": RESERVATIONS, "users": 300}
DATABASE_PASSWORD = "canary-db-password-6023"
API_KEYS = ("MT_API_KEY",)
PASSWORDS = ("MT_USERNAME", "MT_PASSWORD", "MT_CLIENT_ID", "MT_CLIENT_SECRET")


class Faults(OnBothDatabases):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.simulator = Simulator(seed=SEED, rows=ROWS, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)
        env = cls.simulator.env
        cls.canaries = Canaries({**{name: env[name] for name in ("MT_API_KEY", "MT_PASSWORD", "MT_CLIENT_SECRET")}, "database password": DATABASE_PASSWORD,
                                 "access token": "north-access-", "refresh token": "north-refresh-"})
        cls.addClassCleanup(cls.say_what_was_searched)

    @classmethod
    def say_what_was_searched(cls):
        print(f"secrets were looked for in {cls.canaries.bytes:,} characters of output, files and tables", flush=True)

    def setUp(self):
        super().setUp()
        self.simulator.reset(seed=SEED, rows=ROWS)
        self.simulator.faults()
        self.addCleanup(self.assert_no_secret_was_seen)
        self.projects = []

    def assert_no_secret_was_seen(self):
        for project, database in self.projects:
            self.canaries.look_at_project(project.folder)
            self.canaries.look_at_database(database)
            self.canaries.look_at_run(project.run("log", "--json"))
            self.canaries.look_at_run(project.run("rejects", "--json"))
        found, self.canaries.found[:] = list(self.canaries.found), []
        self.assertEqual(found, [])

    def migrated(self, kind="sqlite"):
        database = self.database(kind)
        project = Project(self.folder / f"project-{len(self.projects)}", database.url, self.simulator)
        if kind == "postgresql":
            project.database_url = database.url.replace("syncline@", f"syncline:{DATABASE_PASSWORD}@")
            project.write_env(self.simulator.env)
        self.run_checked(project, "migrate", code=0)
        self.projects.append((project, database))
        return project, database

    def fresh(self, kind):
        """A project of that kind, and the vendor as it was at the beginning."""
        self.simulator.reset(seed=SEED, rows=ROWS)
        self.simulator.faults()
        return self.migrated(kind)

    def run_checked(self, project, *arguments, code):
        ended = project.run(*arguments, "--json")
        self.canaries.look_at_run(ended)
        self.assertEqual(ended.code, code, str(ended))
        return ended

    def sync(self, project, *arguments, code=0):
        return self.run_checked(project, "sync", *arguments, code=code)

    def assert_equals_truth(self, database):
        self.assertEqual(compare(database, lambda resource: self.simulator.truth(resource, "north")).differences, [])
        assert_exact(self, database)

    def assert_kept_and_finished(self, project, database, pages):
        """So many pages of reservations were kept; without the fault the next run brings the rest."""
        self.assertEqual(committed(database, "reservations"), pages * PAGE)
        self.simulator.faults()
        self.simulator.knobs(filters="full")
        before = self.simulator.log()["next"]
        ended = self.sync(project)
        self.assert_equals_truth(database)
        return ended, before

    def fault(self, action, path="/api/reservations", **rest):
        match = {"path": path, **({"page": rest.pop("page")} if "page" in rest else {})}
        self.simulator.faults({"match": match, "action": action, **rest})

    def without(self, project, *names):
        project.write_env({name: value for name, value in self.simulator.env.items() if name not in names})

    # Limits and failures

    def test_too_many_requests_are_waited_for_as_long_as_the_vendor_says(self):
        for retry_after, least in (({"retry_after": 1}, 1000), ({"retry_after": "http-date", "retry_after_s": 3}, 1900), ({"retry_after": "absent"}, 400), ({"retry_after": 0}, 0), ({"retry_after": -5}, 0)):
            with self.subTest(retry_after):
                project, database = self.migrated()
                self.fault("status", page=3, status=429, count=1, **retry_after)
                report = self.sync(project).entity("reservations")
                self.assertGreaterEqual(report["waited_ms"], least)
                self.assertLess(report["waited_ms"], 5000)
                self.assertEqual((report["retries"], report["fetched"]), (1, RESERVATIONS))
                self.assert_equals_truth(database)

    def test_a_wait_longer_than_allowed_is_not_begun(self):
        for arguments, retry_after in (((), "huge"), ((), 601), (("--wait", "1s"), 5)):
            with self.subTest(f"{arguments} {retry_after}"):
                project, database = self.migrated()
                self.fault("status", page=3, status=429, retry_after=retry_after, every=1)
                begun = time.monotonic()
                ended = self.sync(project, *arguments, code=11)
                self.assertLess(time.monotonic() - begun, 5)
                self.assertIn("longer than this run waits", ended.entity("reservations")["errors"][0]["message"])
                self.assertEqual(ended.document["status"], "incomplete")
                self.assert_kept_and_finished(project, database, pages=2)

    def test_a_token_endpoint_that_limits_is_no_wrong_password(self):
        project, _ = self.migrated()
        self.without(project, *API_KEYS)
        self.fault("status", path="/o/token/", status=429, retry_after="huge", every=1)
        self.sync(project, code=11)
        self.simulator.faults()
        self.sync(project)

    def test_a_failure_that_passes_is_survived(self):
        project, database = self.migrated()
        self.simulator.faults(*({"match": {"path": "/api/reservations", "page": page}, "action": "status", "status": status, "count": 1} for page, status in enumerate((500, 502, 503, 504), 1)))
        report = self.sync(project).entity("reservations")
        self.assertEqual((report["retries"], report["fetched"]), (4, RESERVATIONS))
        self.assert_equals_truth(database)

    def test_a_failure_for_ever_keeps_the_pages_before_and_the_next_run_goes_on_behind_them(self):
        project, database = self.migrated("postgresql")
        self.sync(project, "class_types", "locations", "classes", "customers")
        self.fault("status", page=4, status=500, every=1)
        ended = self.sync(project, "reservations", code=22)
        self.assertIn("500", ended.entity("reservations")["errors"][0]["message"])
        self.assertEqual(ended.document["status"], "failed")
        resumed, before = self.assert_kept_and_finished(project, database, pages=3)
        self.assertEqual(resumed.entity("reservations")["fetched"], RESERVATIONS - 3 * PAGE)
        self.assertEqual(self.simulator.requests("/api/reservations", before), 4)  # the last kept page again, and three more

    # Credentials

    def test_a_token_that_expires_in_mid_run_is_renewed_once(self):
        project, database = self.migrated()
        self.without(project, *API_KEYS)
        self.fault("status", page=3, status=429, retry_after=1, count=1)
        before = self.simulator.log()["next"]
        with Background(project, "sync", "--json") as run:
            run.until(lambda: any("429" in str(entry.get("status")) for entry in self.simulator.log(before)["entries"]), "the vendor asks to wait")
            self.simulator.clock(advance_s=3 * 3600)
            ended, _ = run.end()
        self.canaries.look_at_run(ended)
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual(self.simulator.requests("/o/token/", before), 2)
        self.assertEqual(ended.entity("reservations")["auth_method"], "oauth_password")
        self.assert_equals_truth(database)

    def test_a_token_that_lives_a_second_is_no_storm(self):
        project, database = self.migrated()
        self.without(project, *API_KEYS)
        self.simulator.knobs(expires_in=1)
        self.simulator.faults({"match": {"path": "/api/*"}, "action": "delay", "delay_ms": 250, "every": 1})
        before = self.simulator.log()["next"]
        self.sync(project)
        tokens, pages = self.simulator.requests("/o/token/", before), self.simulator.requests("/api/", before)
        self.assertGreater(tokens, 1)
        self.assertLess(tokens, pages)
        self.assert_equals_truth(database)

    def test_a_wrong_password_is_tried_once_so_that_no_account_is_locked(self):
        project, _ = self.migrated()
        wrong = "canary-wrong-password-7719"
        canaries = Canaries({"wrong password": wrong})
        project.write_env({**{name: value for name, value in self.simulator.env.items() if name not in API_KEYS}, "MT_PASSWORD": wrong})
        before = self.simulator.log()["next"]
        ended = self.sync(project, code=21)
        self.assertEqual(self.simulator.requests("/o/token/", before), 1)
        self.assertIn("oauth_password", ended.stdout)
        canaries.look_at_run(ended)
        canaries.look_at_database(self.projects[0][1])
        self.assertEqual(canaries.found, [])

    def test_a_login_that_may_not_read_the_data_is_no_storm(self):
        """The token endpoint is content, the data endpoint is not."""
        project, _ = self.migrated()
        self.without(project, *API_KEYS, "MT_CLIENT_ID", "MT_CLIENT_SECRET")
        before = self.simulator.log()["next"]
        self.sync(project, code=21)
        self.assertLessEqual(self.simulator.requests("/o/token/", before), 2)

    def test_a_refused_key_is_tried_once_at_each_list_and_then_the_password_serves(self):
        project, database = self.migrated()
        project.write_env({**self.simulator.env, "MT_API_KEY": "canary-stale-key-4471"})
        before = self.simulator.log()["next"]
        ended = self.sync(project)
        self.assertEqual(ended.entity("reservations")["auth_method"], "oauth_password")
        self.assertNotIn("canary-stale-key", ended.stdout + ended.stderr)
        refused = [entry for entry in self.simulator.log(before)["entries"] if entry["kind"] == "request" and entry["status"] == 401]
        self.assertLessEqual(len(refused), 5)
        self.assertEqual(self.simulator.requests("/o/token/", before), 1)
        self.assert_equals_truth(database)

    # Lies

    # E10: the same page for ever
    def test_a_page_sent_twice_is_refused_and_what_came_before_is_kept(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.fresh(kind)
                self.fault("duplicate_page", page=3, every=1)
                ended = self.sync(project, code=24)
                self.assertIn("same 500 records", ended.entity("reservations")["errors"][0]["message"])
                self.assert_kept_and_finished(project, database, pages=2)

    def test_an_empty_page_in_the_middle_is_no_end(self):
        for page in (1, 3):
            with self.subTest(f"page {page}"):
                project, database = self.migrated()
                self.fault("empty_page", page=page, every=1)
                report = self.sync(project, code=11).entity("reservations")
                self.assertFalse(report["complete"])
                self.assertIn("2,600", report["note"])
                self.simulator.faults()
                self.sync(project)
                self.assert_equals_truth(database)

    def test_too_many_declared_pages_and_smaller_pages_than_asked_for_are_survived(self):
        for knobs in ({"overreport_pages": 7}, {"clamp": 200}, {"clamp": 1000}, {"past_end": "404"}, {"past_end": "empty"}, {"overreport_pages": 3, "clamp": 499, "past_end": "empty"}):
            with self.subTest(knobs):
                project, database = self.migrated()
                self.simulator.knobs(overreport_pages=0, clamp=500, past_end="403")
                self.simulator.knobs(**knobs)
                self.assertEqual(self.sync(project).entity("reservations")["fetched"], RESERVATIONS)
                self.assert_equals_truth(database)

    def test_a_vendor_that_ignores_dates_is_found_out(self):
        for arguments in (("--start-date", "2026-02-25"), ("--days", "0"), ()):  # without dates: from the last checkpoint, at least seven days
            with self.subTest(arguments):
                project, database = self.migrated()
                self.sync(project)
                self.simulator.knobs(filters="only_filter_id")
                ended = self.sync(project, "reservations", *arguments, code=24)
                message = ended.entity("reservations")["errors"][0]["message"]
                self.assertIn("ignores `min_updated_datetime`", message)
                self.simulator.knobs(filters="full")
                self.sync(project)
                self.assert_equals_truth(database)

    # A list that moves while it is read

    def changed_while_read(self, project, *mutations):
        """A sync; while the vendor makes it wait between pages 2 and 3, its data changes."""
        self.fault("status", page=3, status=429, retry_after=1, count=1)
        before = self.simulator.log()["next"]
        with Background(project, "sync", "--json") as run:
            run.until(lambda: any(entry.get("status") == 429 for entry in self.simulator.log(before)["entries"]), "the vendor asks to wait")
            for mutation in mutations:
                self.simulator.mutate(tenant="north", **mutation)
            ended, _ = run.end()
        self.canaries.look_at_run(ended)
        self.simulator.faults()
        return ended

    def missing(self, database):
        """Ids the vendor has and the table has not, of what becomes rows."""
        there = {row[0] for row in database.rows("select mt_reservation_id from bookings where mt_reservation_id is not null")}
        return [document["id"] for document in self.simulator.truth("reservations", "north") if document["reservation_type"] != "waitlist" and document["id"] not in {str(key) for key in there}]

    def early(self):
        """A reservation on the first page."""
        return [document["id"] for document in self.simulator.truth("reservations", "north")][10]

    # E1: deletions while paging by offset
    def test_a_deletion_while_reading_shifts_the_list_and_is_never_a_success_with_a_hole(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.fresh(kind)
                ended = self.changed_while_read(project, {"op": "hard_delete", "id": self.early()})
                self.assertEqual(ended.code, 11, str(ended))
                self.assertIn("declared 2,600 records and 2,599 different ones came", ended.entity("reservations")["note"])
                self.assertGreater(len(self.missing(database)), 0)
                self.sync(project)
                self.assertEqual(self.missing(database), [])

    # E1: insertions while paging by offset
    def test_rows_made_while_reading_are_more_than_were_declared_and_read_again_by_the_next_run(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.fresh(kind)
                ended = self.changed_while_read(project, {"op": "book", "count": 3})
                self.assertEqual(ended.code, 11, str(ended))
                self.assertIn("declared 2,600 records and 2,603 different ones came", ended.entity("reservations")["note"])
                self.sync(project)
                self.assert_equals_truth(database)

    def test_changes_while_reading_arrive_with_the_next_run(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.fresh(kind)
                ended = self.changed_while_read(project, {"op": "cancel", "count": 20}, {"op": "edit_user", "count": 20})
                self.assertEqual(ended.code, 0, str(ended))
                self.sync(project)
                self.assert_equals_truth(database)

    # Secrets that come back

    def test_a_vendor_that_echoes_secrets_does_not_get_them_into_any_output(self):
        key, password = 'canary"key\\with+all&=%41<b>/7781', 'canary"pass\\word+ &=%41<i>ü/8892'
        canaries = Canaries({"key": key, "password": password})
        echo = f"you sent {key} and {password}"
        record = {"type": "locations", "id": "1", "attributes": {"name": echo, "timezone": "UTC", "city": key, "currency_code": "USD"}, "relationships": {}}
        person = {"type": "users", "id": "7", "attributes": {"first_name": "A", "email": f"{key} {password}", "account_balance": password}, "relationships": {}}

        def page(*records):
            return Answer(200, {"data": records, "meta": {"pagination": {"count": len(records)}}})

        bodies = {"text": echo, "json": {"detail": echo, "error": "invalid_grant", "error_description": echo}, "html": f"<html><body>{echo}</body></html>", "list": [echo]}
        for status in (400, 401, 403, 404, 406, 422, 501):
            for name, body in bodies.items():
                with self.subTest(f"{status} {name}"):
                    self.echo(canaries, key, password, lambda request: Answer(status, body))
        with self.subTest("token endpoint"):
            self.echo(canaries, key, password, lambda request: Answer(400, bodies["json"]) if "token" in request.path else Answer(401, bodies["json"]))
        with self.subTest("redirect"):
            self.echo(canaries, key, password, lambda request: Answer(302, "", {"Location": f"ftp://host/{json.dumps(key)[1:-1]}"}))
        with self.subTest("rejects"):
            self.echo(canaries, key, password, lambda request: page(person) if "users" in request.path else page(record, {"type": "locations", "attributes": {"name": echo}}), (("sync", "customers", "locations"), ("log",), ("rejects",), ("rejects", "--json")))

    def echo(self, canaries, key, password, answer, commands=(("sync", "locations"), ("sync", "locations", "--json"))):
        """A vendor that answers so; what the commands say and leave behind is searched."""
        database = self.database("sqlite")
        project = Project(self.folder / f"echo-{type(self)._databases}", database.url)
        project.run("migrate")
        with ScriptedVendor(answer) as vendor:
            project.write_env({"MT_BASE_URL": vendor.url, "MT_API_KEY": key, "MT_USERNAME": "someone", "MT_PASSWORD": password})
            for arguments in commands:
                canaries.look_at_run(project.run(*arguments, timeout=100))
        canaries.look_at_project(project.folder)
        # What was read into the user's own table is the vendor's word, not ours.
        for table in ("sync_log", "sync_reject", "sync_checkpoint", "sync_lease"):
            canaries.look_at(str(list(database.rows(f"select * from {own(database, table)}"))), table)
        found, canaries.found[:] = list(canaries.found), []
        self.assertEqual(found, [])

    def test_a_database_password_is_never_shown_when_the_database_cannot_be_used(self):
        project, database = self.migrated("postgresql")
        host = database.url.rpartition("@")[2]
        password = "canary-p@ss w/rd%:#?&\"\\8123"
        canaries = Canaries({"database password": password})
        encoded = next(form for form in canaries.forms if "%40" in form and "+" not in form)
        for url in (f"postgresql://syncline:{encoded}@127.0.0.1:1/studio", f"postgresql://syncline:{encoded}@{host.partition('/')[0]}/nowhere", f"postgresql://nobody:{encoded}@{host}",
                    f"postgresql://syncline:{password}@{host}", f"postgresql://syncline:{encoded}@{host}?sslmode=verify-full", f"postgresql://syncline:{encoded}@{host}?nonsense=1",
                    f"postgres//syncline:{encoded}@{host}", f"mysql://syncline:{encoded}@{host}", f"postgresql://syncline:{encoded}@no-such-host.invalid/studio"):
            with self.subTest(url):
                project.database_url = url
                project.write_env(self.simulator.env)
                for command in ("sync", "plan", "migrate", "log", "lint"):
                    for json_too in ((), ("--json",)):
                        ended = project.run(command, *json_too)
                        canaries.look_at_run(ended)
                        self.assertIn(ended.code, (0, 20) if command == "lint" else (20, 23), str(ended))
        project.database_url = database.url
        project.write_env(self.simulator.env)
        canaries.look_at_project(project.folder)
        self.assertEqual(canaries.found, [])


if __name__ == "__main__":
    unittest.main()
