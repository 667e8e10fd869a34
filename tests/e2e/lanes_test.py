#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A source that is quicker than one session of the database is written in two lanes beside each other. Whatever happens to either, what is there is what came, in its order, and counted once."""
import os
import random
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

from support.background import Background
from support.database import Database
from support.kill import run_and_kill
from support.kill_point import KillPoint
from support.ledger import OUTCOMES
from support.postgres import Postgres
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor
from support.syncline import environment

ROWS, PAGE = 24_000, 1_000  # eight groups of three pages
KILLS = int(os.environ.get("SYNCLINE_LANE_KILLS", "12"))
SEED = 20260302
MOMENTS = ("inside a transaction", "COMMIT, not sent", "COMMIT, not answered", "after a commit")
STREAM = "{get: /items, records: {json: data}, paginate: {page: {param: page, size_param: size, size: 1000, count: total}}, key: id}"
ENTITY = "table: items\naccount: main\nfrom: items\nkey: {column: external_id, from: id}\nfields: {name: name, amount: amount}\n"
TABLE = "create table items (id bigserial primary key, external_id bigint unique, name text check (name <> 'bad'), amount numeric(12,2) not null)"


def record(number, name=None):
    return {"id": number, "name": name or f"item {number}", "amount": f"{number % 1000}.50"}


class Lanes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.vendor = ScriptedVendor(cls.answer)
        cls.addClassCleanup(cls.vendor.stop)

    @classmethod
    def answer(cls, request):
        page = int(request.query["page"])
        cls.before_page(page)
        return Answer(body={"data": cls.records[(page - 1) * PAGE : page * PAGE], "total": len(cls.records)})

    def setUp(self):
        cls = type(self)
        cls.records = [record(number) for number in range(1, ROWS + 1)]
        cls.before_page = staticmethod(lambda page: None)
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="syncline-lanes-")))
        self.database = Database(self.postgres.create_database())
        self.database.execute(TABLE)
        self.project = self.project_for(self.database.url)
        migrated = self.project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))

    def project_for(self, url):
        project = ScriptedProject(self.folder / "project", url, self.vendor.url, {"items": STREAM}, {"items": ENTITY})
        connector = project.folder / "connectors/crm/connector.yaml"
        connector.write_text(connector.read_text().replace("streams:", "limits: {rate: 100000/s}\nstreams:"))
        return project

    def sync(self, code=0, **outcomes):
        ended = self.project.run("sync", "--json", "--full")
        self.assertEqual(ended.code, code, str(ended))
        report = ended.entity("items")
        self.assertEqual({name: report[name] for name in OUTCOMES if report[name]}, outcomes, str(ended))
        return ended

    def assert_equals_source(self, left_out=()):
        """By what the source says, the last record of a key counting."""
        wanted = {row["id"]: [row["name"], row["amount"]] for row in self.records if row["id"] not in left_out}
        there = {int(key): cells for key, *cells in self.database.rows("select external_id, name, amount from items")}
        self.assertEqual(there, {key: [name, f"{float(amount):.2f}"] for key, (name, amount) in wanted.items()})

    def assert_counted_once(self):
        inserted, there = (int(number) for number in next(iter(self.database.rows("select (select sum(inserted) from syncline.sync_log), (select count(*) from items)"))))
        self.assertEqual(inserted, there)
        self.assertEqual(int(self.database.value("select count(*) from syncline.sync_log where status = 'running'")), 0)

    def sessions(self):
        return int(self.database.value("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'syncline'"))

    def test_two_sessions_write_and_their_transactions_come_in_the_order_of_the_source(self):
        most = []
        type(self).before_page = staticmethod(lambda page: page == ROWS // PAGE and most.append(self.sessions()))
        ended = self.sync(inserted=ROWS)
        self.assertEqual(most, [2])
        self.assertEqual(ended.entity("items")["requests"], ROWS // PAGE)
        self.assert_equals_source()
        # Beside each other, and yet what a lane has written is never seen without all that came before it.
        self.assertEqual(int(self.database.value("select transactions from syncline.sync_log")), 9)
        self.sync(unchanged=ROWS)

    def test_what_changes_is_written_in_both_too(self):
        self.sync(inserted=ROWS)
        changed = random.Random(SEED).sample(range(ROWS), 2_500)
        for index in changed:
            self.records[index] = record(index + 1, "changed")
        edited = int(self.database.value("with edited as (update items set amount = 1 where external_id % 97 = 0 and name <> 'changed' returning external_id) select count(*) from edited"))
        also_changed = sum(1 for index in changed if (index + 1) % 97 == 0)
        self.sync(updated=2_500 + edited - also_changed, unchanged=ROWS - 2_500 - edited + also_changed)
        self.assert_equals_source()

    def test_a_record_that_comes_again_in_the_next_group_counts_as_it_came_last(self):
        self.records[3_100] = record(2_950, "again")
        self.records[9_001] = record(8_999, "again")
        self.records[20_000] = record(10, "much later")
        self.sync(code=11, inserted=ROWS - 3, updated=3)
        self.assert_equals_source()

    def test_a_row_that_the_group_before_changes_is_not_left_out_as_it_was(self):
        self.sync(inserted=ROWS)
        self.records[6_010] = record(9_500, "for a moment")  # and as it was in the next group
        # The group that changes it has to wait for the row, so that the next one is asked for meanwhile.
        holder = threading.Thread(target=lambda: self.database.execute("begin; select 1 from items where external_id = 9500 for update; select pg_sleep(0.6); commit"))

        def before_page(page):
            if page == 9:
                holder.start()
                while int(self.database.value("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")) == 0 and holder.is_alive():
                    pass

        type(self).before_page = staticmethod(before_page)
        self.addCleanup(holder.join)
        self.sync(code=11, updated=2, unchanged=ROWS - 2)
        self.assertEqual(self.database.value("select name from items where external_id = 9500"), "item 9500")

    def test_bad_rows_are_rejects_in_both(self):
        bad = set(range(50, ROWS, 100))
        for number in bad:
            self.records[number - 1]["name"] = "bad"
        for number in range(7, ROWS, 1_000):
            self.records[number - 1]["amount"] = None
            bad.add(number)
        self.sync(code=10, inserted=ROWS - len(bad), rejected=len(bad))
        self.assert_equals_source(left_out=bad)
        self.assertEqual(int(self.database.value("select count(distinct key) from syncline.sync_reject")), len(bad))

    def test_a_mapping_that_does_not_fit_is_refused_though_only_the_last_group_tells(self):
        for number in range(11_401, ROWS + 1):
            self.records[number - 1]["name"] = "bad"
        ended = self.sync(code=25, inserted=11_400, rejected=ROWS - 11_400)
        self.assertIn("too_many_rejects", [error["code"] for error in ended.entity("items")["errors"]])
        self.assertEqual(self.database.value("select count(*) from syncline.sync_checkpoint where complete_at is not null"), "0")

    def test_where_only_one_session_is_to_be_had_one_must_do(self):
        self.database.execute("create role single login connection limit 1; grant all on schema public, syncline to single; grant all on all tables in schema public, syncline to single; "
                              "grant all on all sequences in schema public, syncline to single")
        self.addCleanup(lambda: self.database.execute("drop owned by single; drop role single"))
        self.project.reach(self.database.url.replace("syncline@", "single@"))
        self.sync(inserted=ROWS)
        self.assert_equals_source()

    # F2: database restarts / terminates backends mid-run
    def test_lost_sessions_are_made_anew_and_nothing_lands_twice(self):
        end = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and application_name = 'syncline'"
        type(self).before_page = staticmethod(lambda page: page in (9, 15, 21) and self.database.value(end))
        self.sync(inserted=ROWS)
        self.assert_equals_source()
        self.assert_counted_once()

    # F5: another session holds what one lane wants while the other lane waits for its turn
    def test_a_lane_that_waits_for_a_lock_holds_the_other_up_and_no_longer(self):
        held = threading.Event()

        def hold():
            """A key of the fifth group, for longer than a batch keeps its locks for another."""
            self.database.execute("begin; insert into items (external_id, name, amount) values (13500, 'theirs', 1); select pg_notify('x', ''); select pg_sleep(2.5); commit")

        holder = threading.Thread(target=hold)

        def before_page(page):
            if page == 7 and not held.is_set():
                held.set()
                holder.start()
                deadline = time.monotonic() + 20
                while int(self.database.value("select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")) == 0 and time.monotonic() < deadline:
                    pass

        type(self).before_page = staticmethod(before_page)
        self.sync(inserted=ROWS - 1, updated=1)
        holder.join()
        self.assert_equals_source()
        self.assertEqual(int(self.database.value("select deadlocks from pg_stat_database where datname = current_database()")), 0)

    # F1: kill -9 of syncer anywhere
    # F3: connection drops after COMMIT sent (here with the program itself)
    def test_after_kills_at_any_moment_the_next_runs_end_with_what_the_source_has(self):
        chance, phases = random.Random(SEED), Counter()
        with KillPoint(self.postgres.port) as point:
            while sum(phases.values()) < KILLS:
                self.database.execute("truncate items; truncate syncline.sync_log, syncline.sync_checkpoint")
                for index in chance.sample(range(ROWS), 300):
                    self.records[index] = record(index + 1, f"changed {chance.random()}")
                self.project.reach(point.url(self.database.url))
                for _ in range(3):
                    moment = min(MOMENTS, key=lambda moment: phases[moment] + chance.random())
                    point.plan(moment, chance.randrange(2, 9), depth=chance.randrange(1, 12))
                    killed = run_and_kill(self.project.command("sync"), env=environment(), started=point.aim)
                    self.assertIn(killed.code, (-9, 0), killed.stderr)
                    phases[moment] += killed.code == -9
                    if killed.code == 0:
                        break
                self.project.reach(self.database.url)
                ended = self.project.run("sync", "--json")
                self.assertEqual(ended.code, 0, str(ended))
                self.assert_equals_source()
                self.assert_counted_once()
        print(f"{sum(phases.values())} kills: {dict(sorted(phases.items()))}", flush=True)

    def test_a_stop_ends_both_between_two_transactions(self):
        seen = threading.Event()
        type(self).before_page = staticmethod(lambda page: page == 16 and (seen.set(), time.sleep(0.3)))
        with Background(self.project, "sync", "--json") as run:
            run.until(seen.is_set, "page 16")
            run.signal(2)
            ended, _ = run.end()
        self.assertEqual(ended.code, 11, str(ended))
        report = ended.entity("items")
        self.assertEqual(report["fetched"], int(self.database.value("select count(*) from items")))
        self.assertEqual(report["fetched"] % PAGE, 0)
        type(self).before_page = staticmethod(lambda page: None)
        self.assertEqual(self.project.run("sync").code, 0)
        self.assert_equals_source()
        self.assert_counted_once()


if __name__ == "__main__":
    unittest.main(verbosity=2)
