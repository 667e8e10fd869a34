# SPDX-License-Identifier: Apache-2.0
"""Rows that wait for their parents, circles of entities, and rejects that are tried again: nothing lands twice, nothing is lost, and the log adds up at each commit."""
import signal
import unittest

from support.background import Background
from support.databases import OnBothDatabases
from support.ledger import OUTCOMES, own
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor

CONNECTOR = """title: Scripted
base_url: ${CRM_URL}
auth:
  api_key: {header: Authorization, prefix: "Bearer "}
streams:
  customers: {get: /customers, records: {json_api: data}, paginate: none, key: id}
  bookings: {get: /bookings, records: {json_api: data}, paginate: none, key: id}
"""
PROJECT = """syncline: 1
database: ${DATABASE_URL}
network: {allow_private: true}
accounts:
  main: {connector: crm, auth: [{api_key: {key: a-key}}]}
"""
CUSTOMERS = """table: customers
account: main
from: customers
key: {column: crm_id, from: id}
fields: {name: name}
"""
BOOKINGS = """table: bookings
account: main
from: bookings
key: {column: crm_id, from: id}
fields:
  status: {from: status, values: {open: open}, otherwise: reject}
  town: customer.town
relations:
  customer_id: {to: customers, by: [{external: customer}], missing: wait}
"""


def resource(kind, key, relations=None, **attributes):
    """A JSON:API resource; relations: name → (type, id)."""
    linked = {name: {"data": to and {"type": to[0], "id": to[1]}} for name, to in (relations or {}).items()}
    return {"type": kind, "id": key, "attributes": attributes, "relationships": linked}


class Waiting(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.answers = {"customers": {"data": []}, "bookings": {"data": []}}
        vendor = ScriptedVendor(lambda request: Answer(body=self.answers[request.path.strip("/")]))
        self.addCleanup(vendor.stop)
        self.vendor = vendor

    def says(self, stream, *resources, included=()):
        self.answers[stream] = {"data": list(resources), "included": list(included)}

    def booking(self, key, customer, status="open"):
        return resource("bookings", key, {"customer": customer and ("customers", customer)}, status=status)

    def made(self, kind, tables, entities):
        """A project on a database with these tables."""
        database = self.database(kind, studio_app=False)
        database.execute(tables)
        folder = self.folder / f"{kind}{self._databases}"
        for name, text in {"syncline.yaml": PROJECT, "connectors/crm/connector.yaml": CONNECTOR, ".env": f"DATABASE_URL={database.url}\nCRM_URL={self.vendor.url}\n",
                           **{f"entities/{name}.yaml": text for name, text in entities.items()}}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        (folder / ".env").chmod(0o600)
        project = Project.__new__(Project)
        project.folder, project.database_url = folder, database.url
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        return project, database

    def shop(self, kind, bookings=BOOKINGS):
        return self.made(kind, "create table customers (id integer primary key, name text);"
                         "create table bookings (id integer primary key, status text, town text, customer_id integer references customers (id));".replace("integer primary key", "serial primary key")
                         if kind == "postgresql" else "create table customers (id integer primary key, name text);"
                         "create table bookings (id integer primary key, status text, town text, customer_id integer references customers (id));", {"customers": CUSTOMERS, "bookings": bookings})

    def sync(self, project, code, *arguments):
        ended = project.run("sync", "--json", *arguments)
        self.assertEqual(ended.code, code, str(ended))
        return ended

    def waiting(self, database):
        return [row[0] for row in database.rows(f"select key from {own(database, 'sync_waiting')} order by key")]

    def bookings(self, database):
        return [tuple(row) for row in database.rows("select b.crm_id, b.status, b.town, c.crm_id from bookings b left join customers c on c.id = b.customer_id order by b.crm_id")]

    def assert_log_adds_up(self, database):
        for row in database.rows(f"select run, entity, rows_made, {', '.join(OUTCOMES)} from {own(database, 'sync_log')}"):
            self.assertEqual(int(row[2]), sum(map(int, row[3:])), row)

    # F8: foreign key's parent is missing
    def test_rows_whose_parents_come_later_land_in_a_later_run(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.says("customers", resource("customers", "c1", name="Ann"))
                town = resource("customers", "c2", town="Ulm")
                self.says("bookings", self.booking("b1", "c1"), self.booking("b2", "c2"), included=[town])
                first = self.sync(project, 11)
                self.assertEqual([first.entity("bookings")[name] for name in ("rows", "inserted", "waiting", "exit")], [2, 1, 1, 11])
                self.assertIn("1 row waits for a row that is not there: `customer_id` to `crm_id` = c2", first.entity("bookings")["note"])
                self.assertEqual(self.waiting(database), ["b2"])
                self.assert_log_adds_up(database)

                self.says("bookings")  # the vendor does not say it again: what waits must be enough
                self.assertEqual(self.sync(project, 11).entity("bookings")["waiting"], 1)
                self.says("customers", resource("customers", "c1", name="Ann"), resource("customers", "c2", name="Bob"))
                last = self.sync(project, 0).entity("bookings")
                self.assertEqual([last[name] for name in ("fetched", "rows", "inserted", "waiting")], [0, 1, 1, 0])
                self.assertEqual(self.bookings(database), [("b1", "open", None, "c1"), ("b2", "open", "Ulm", "c2")])
                self.assertEqual(self.waiting(database), [])
                self.assert_log_adds_up(database)
                self.assertEqual(self.sync(project, 0).entity("bookings")["rows"], 0)

    def test_a_row_that_waits_and_is_gone_at_the_source_never_lands(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind, BOOKINGS + "deletes: {hard: true}\n")
                self.says("customers", resource("customers", "c1", name="Ann"))
                self.says("bookings", self.booking("b1", "c1"), self.booking("b2", "c2"), self.booking("b3", "c3"))
                self.sync(project, 11)
                self.assertEqual(self.waiting(database), ["b2", "b3"])
                self.says("bookings", self.booking("b1", "c1"), self.booking("b3", "c3"))
                self.assertIn("1 row that waited is dropped: gone at the source", self.sync(project, 11).entity("bookings")["note"])
                self.assertEqual(self.waiting(database), ["b3"])
                self.says("customers", *(resource("customers", key, name="Ann") for key in ("c1", "c2", "c3")))
                self.sync(project, 0)
                self.assertEqual([row[0] for row in self.bookings(database)], ["b1", "b3"])
                self.assert_log_adds_up(database)

    def test_people_are_told_what_waits_and_the_log_keeps_it(self):
        project, _ = self.shop("sqlite")
        self.says("bookings", *(self.booking(f"b{i}", "c9") for i in range(3)))
        ended = project.run("sync")
        self.assertEqual(ended.code, 11, str(ended))
        for text in (ended.stdout, project.run("log").stdout):
            self.assertIn("3 rows wait for a row that is not there: `customer_id` to `crm_id` = c9 (3 rows); each `syncline sync` tries again", text)

    def test_a_dry_run_stores_nothing(self):
        project, database = self.shop("sqlite")
        self.says("bookings", self.booking("b1", "c9"))
        self.sync(project, 0, "--dry-run")
        self.assertEqual(self.waiting(database), [])

    def test_killed_while_waiting_rows_are_tried_again_nothing_is_lost_or_doubled(self):
        count = 3000
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.says("customers")
                self.says("bookings", *(self.booking(f"b{i}", "c1") for i in range(count)))
                self.sync(project, 11)
                self.assertEqual(len(self.waiting(database)), count)
                self.says("bookings")
                self.says("customers", resource("customers", "c1", name="Ann"))
                landed = 0
                for _ in range(3):
                    with Background(project, "sync", "--json") as run:
                        try:
                            run.until(lambda: len(self.waiting(database)) < count - landed, "some have landed")
                        except AssertionError:
                            break  # it was done before it could be seen
                        run.signal(signal.SIGKILL)
                        run.end()
                    landed = int(database.value("select count(*) from bookings"))
                    self.assertEqual(len(self.waiting(database)), count - landed, "each row is in one of the two places")
                    self.assert_log_adds_up(database)
                self.sync(project, 0)
                self.assertEqual(int(database.value("select count(distinct crm_id) from bookings where customer_id is not null")), count)
                self.assertEqual(int(database.value("select count(*) from bookings")), count)
                self.assertEqual(self.waiting(database), [])
                self.assertEqual(int(database.value(f"select sum(inserted) from {own(database, 'sync_log')} where entity = 'bookings'")), count)
                self.assert_log_adds_up(database)

    def test_entities_that_refer_to_each_other_are_linked_in_two_phases(self):
        customers = CUSTOMERS + "relations:\n  last_booking_id: {to: bookings, by: [{external: last_booking}]}\n"
        for kind in self.KINDS:
            with self.subTest(kind):
                number = "serial" if kind == "postgresql" else "integer"
                project, database = self.made(kind, f"create table customers (id {number} primary key, name text, last_booking_id integer);"
                                              f"create table bookings (id {number} primary key, status text, town text, customer_id integer not null references customers (id));",
                                              {"customers": customers, "bookings": BOOKINGS.replace("missing: wait", "missing: reject")})
                self.says("customers", resource("customers", "c1", {"last_booking": ("bookings", "b1")}, name="Ann"), resource("customers", "c2", {"last_booking": None}, name="Bob"))
                self.says("bookings", self.booking("b1", "c1"), self.booking("b2", "c1"))
                report = self.sync(project, 0)
                self.assertEqual([entity["entity"] for entity in report.document["entities"]], ["customers", "bookings"])
                linked = report.entity("customers")
                self.assertEqual([linked[name] for name in ("inserted", "updated", "waiting")], [2, 1, 0], "the link is an update")
                self.assertEqual(list(map(list, database.rows("select c.crm_id, b.crm_id from customers c left join bookings b on b.id = c.last_booking_id order by 1"))), [["c1", "b1"], ["c2", None]])
                self.assertEqual(self.waiting(database), [])
                self.assert_log_adds_up(database)
                again = self.sync(project, 0).entity("customers")
                self.assertEqual([again[name] for name in ("inserted", "updated", "unchanged")], [0, 0, 2])

    def test_a_circle_that_cannot_be_broken_is_refused_with_its_columns(self):
        customers = CUSTOMERS + "relations:\n  last_booking_id: {to: bookings, by: [{external: last_booking}]}\n"
        project, _ = self.made("sqlite", "create table customers (id integer primary key, name text, last_booking_id integer not null);"
                               "create table bookings (id integer primary key, status text, town text, customer_id integer not null);",
                               {"customers": customers, "bookings": BOOKINGS.replace("missing: wait", "missing: reject")})
        ended = project.run("sync")
        self.assertEqual(ended.code, 20, str(ended))
        for word in ("`last_booking_id` of customers", "`customer_id` of bookings", "missing: wait"):
            self.assertIn(word, ended.stderr)

    def test_a_child_that_comes_before_its_parent_is_linked_when_that_has_come(self):
        people = CUSTOMERS + "relations:\n  boss_id: {to: customers, by: [{external: boss}], missing: %s}\n"
        for kind in self.KINDS:
            for word in ("null", "wait", "reject"):
                with self.subTest(f"{word} on {kind}"):
                    number = "serial" if kind == "postgresql" else "integer"
                    project, database = self.made(kind, f"create table customers (id {number} primary key, name text, boss_id integer references customers (id))", {"customers": people % word})
                    self.says("customers", resource("customers", "leaf", {"boss": ("customers", "branch")}), resource("customers", "branch", {"boss": ("customers", "root")}),
                              resource("customers", "root", {"boss": None}), resource("customers", "lost", {"boss": ("customers", "nobody")}))
                    report = self.sync(project, {"null": 0, "wait": 11, "reject": 10}[word]).entity("customers")
                    self.assertEqual([tuple(row) for row in database.rows("select p.crm_id, b.crm_id from customers p join customers b on b.id = p.boss_id order by 1")], [("branch", "root"), ("leaf", "branch")])
                    self.assertEqual([report[name] for name in ("inserted", "waiting", "rejected")], {"null": [4, 0, 0], "wait": [3, 1, 0], "reject": [3, 0, 1]}[word])
                    # Where new rows go before the others of their batch, one link needs no second phase.
                    self.assertIn(report["updated"], (1, 2) if word == "null" else (0,))
                    self.assertEqual(self.waiting(database), [] if word == "reject" else ["lost"])
                    self.assert_log_adds_up(database)

    # Rejects, tried again

    def test_rejects_land_when_the_mapping_has_been_mended(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.says("customers", resource("customers", "c1", name="Ann"))
                self.says("bookings", self.booking("b1", "c1", "new"), self.booking("b2", "c1", "odd"), self.booking("b3", "c1"), included=[resource("customers", "c1", town="Ulm")])
                run, ended = 1, project.run("sync")
                self.assertEqual(ended.code, 10, str(ended))
                self.assertIn("`syncline retry 1` tries them again", ended.stdout)
                project.edit("entities/bookings.yaml", "values: {open: open}", "values: {open: open, new: fresh}")
                ended = project.run("retry", run, "--json")
                self.assertEqual(ended.code, 10, str(ended))
                report = ended.entity("bookings")
                self.assertEqual((ended.document["retried"], report["fetched"], report["inserted"], report["rejected"]), (run, 2, 1, 1))
                self.assertEqual(self.bookings(database), [("b1", "fresh", "Ulm", "c1"), ("b3", "open", "Ulm", "c1")])
                stays = project.run("rejects", run, "--json").document["rejects"]
                self.assertEqual([reject["key"] for reject in stays], ["b2"])
                self.assert_log_adds_up(database)
                project.edit("entities/bookings.yaml", "new: fresh}", "new: fresh, odd: odd}")
                self.assertEqual(project.run("retry", run).code, 0)
                self.assertEqual(len(self.bookings(database)), 3)
                self.assertIn("nothing to try again", project.run("retry", run).stdout)

    def test_a_reject_does_not_take_its_row_back_in_time(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.says("customers", resource("customers", "c1", name="Ann"))
                self.says("bookings", self.booking("b1", "c1", "new"))
                run = self.sync(project, 10).document["run"]
                self.says("bookings", self.booking("b1", "c1", "open"))
                self.sync(project, 0)
                project.edit("entities/bookings.yaml", "values: {open: open}", "values: {open: open, new: fresh}")
                ended = project.run("retry", run, "--json")
                self.assertEqual(ended.code, 0, str(ended))
                self.assertEqual(ended.entity("bookings")["stale"], 1)
                self.assertEqual(self.bookings(database), [("b1", "open", None, "c1")])
                stays = project.run("rejects", run, "--json").document["rejects"]
                self.assertEqual([(reject["code"], "back in time" in reject["reason"]) for reject in stays], [("superseded", True)])

    def test_of_two_rejects_of_a_record_the_newer_lands(self):
        project, database = self.shop("sqlite")
        self.says("customers", resource("customers", "c1", name="Ann"))
        self.says("bookings", self.booking("b1", "c1", "new"))
        first = self.sync(project, 10).document["run"]
        self.says("bookings", self.booking("b1", "c1", "newer"))
        second = self.sync(project, 10).document["run"]
        project.edit("entities/bookings.yaml", "values: {open: open}", "values: {open: open, new: old, newer: new}")
        for run in (first, second, first):
            self.assertEqual(project.run("retry", run).code, 0)
        self.assertEqual(self.bookings(database), [("b1", "new", None, "c1")])

    def test_killed_while_rejects_are_tried_again_each_is_a_row_or_a_reject(self):
        count = 2000
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                self.says("customers", resource("customers", "c1", name="Ann"))
                # Fewer than half of the rows are bad: more would mean a mapping that does not fit.
                self.says("bookings", *(self.booking(f"b{i}", "c1", "new") for i in range(count)), *(self.booking(f"g{i}", "c1") for i in range(count + 1)))
                self.sync(project, 10)
                project.edit("entities/bookings.yaml", "values: {open: open}", "values: {open: open, new: fresh}")

                def rejects():
                    return int(database.value(f"select count(*) from {own(database, 'sync_reject')}"))

                def landed():
                    return int(database.value("select count(*) from bookings where status = 'fresh'"))

                with Background(project, "retry", "1", "--json") as run:
                    run.until(lambda: rejects() < count, "some have landed")
                    run.signal(signal.SIGKILL)
                    run.end()
                self.assertEqual(rejects() + landed(), count)
                self.assert_log_adds_up(database)
                self.assertEqual(project.run("retry", "1").code, 0)
                self.assertEqual((rejects(), landed()), (0, count))
                self.assertEqual(int(database.value(f"select sum(inserted) from {own(database, 'sync_log')} where entity = 'bookings'")), 2 * count + 1)
                self.assert_log_adds_up(database)

    def test_a_reject_whose_parent_is_missing_can_wait_from_now_on(self):
        project, database = self.shop("sqlite", BOOKINGS.replace("missing: wait", "missing: reject"))
        self.says("bookings", self.booking("b1", "c9"))
        run = self.sync(project, 10).document["run"]
        project.edit("entities/bookings.yaml", "missing: reject", "missing: wait")
        ended = project.run("retry", run, "--json")
        self.assertEqual(ended.code, 11, str(ended))
        self.assertEqual(self.waiting(database), ["b1"])
        self.assertEqual(project.run("rejects", run, "--json").document["rejects"], [])
        self.assert_log_adds_up(database)


if __name__ == "__main__":
    unittest.main()
