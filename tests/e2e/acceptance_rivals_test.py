# SPDX-License-Identifier: Apache-2.0
"""Two syncs of two accounts, over and over, and eight clients of the studio's own application on the same tables: nobody is thrown out by a
deadlock, nothing fails, and in the end every cell is what the independent judge says."""
import copy
import os
import re
import subprocess
import tempfile
import threading
import time
import unittest
from collections import Counter
from pathlib import Path

from acceptance.judge import TABLES, Judge, Snapshot
from acceptance.studio import SITES, Sizes
from acceptance.world import CHANGING, ENDINGS, SYNCED, StudioProject, rejects, simulator, studio_database, truth
from support.postgres import BIN, Postgres
from support.processes import die_with_parent

SECONDS = int(os.environ.get("SYNCLINE_RIVALS_SECONDS", "20"))
CLIENTS = 8
ROWS = {"users": 400, "employees": 10, "employee_public_profiles": 10, "class_sessions": 200, "reservations": 1500, "membership_instances": 120, "membership_transactions": 240, "orders": 300,
        "order_lines": 500, "credit_transactions": 400}
OWN = Sizes(people=900, memberships=300, bookings=3000, classes=300, sales=400)

# What the application does all day. A transaction of several rows takes them in the order of their external ids, as a sync does, and of two accounts' rows of one id that of the accounts:
# otherwise two of these transactions can deadlock with each other.
SCRIPTS = {
    "update.sql": (6, """\\set person random(1, 900)
\\set booking random(1, 4000)
\\set what random(1, 5)
\\if :what = 1
update studio.people set given_name = 'Typed by hand', wants_mail = not wants_mail where id = :person;
\\elif :what = 2
update studio.people set deleted_at = now() where id = :person;
\\elif :what = 3
update studio.bookings set state = 'WL', price_cents = :booking where id = :booking;
\\elif :what = 4
update studio.classes set seats = seats + 1 where id = :person;
\\else
update studio.sales set refunded_cents = refunded_cents + 1 where id = :person;
\\endif
"""),
    "insert.sql": (3, """\\set person random(1, 900)
\\set lesson random(1, 300)
\\set what random(1, 3)
\\if :what = 1
insert into studio.people (given_name, email, mobile) values ('Walk-in', 'walkin.' || txid_current() || '@studio.example', null);
\\elif :what = 2
insert into studio.bookings (class_id, person_id, state, source, booked_at) values (:lesson, :person, 'BK', 'desk', clock_timestamp()) on conflict do nothing;
\\else
insert into studio.class_packs (person_id, size, left_over) values (:person, 10, 10);
\\endif
"""),
    "delete.sql": (2, """\\set booking random(1, 5000)
\\set what random(1, 3)
\\if :what = 1
delete from studio.bookings where id = :booking;
\\elif :what = 2
delete from studio.tenders where id = :booking;
\\else
delete from studio.class_packs where id = :booking;
\\endif
"""),
    "several.sql": (1, """\\set from random(5001, 6400)
begin;
update studio.bookings b set price_cents = 1 from (select id from studio.bookings where mt_reservation_id >= :from::text order by mt_reservation_id, mt_account limit 5 for update) chosen where b.id = chosen.id;
insert into studio.class_packs (person_id, size, left_over) values (1, 5, 5);
end;
"""),
}


class Rivals(unittest.TestCase):
    # F5: deadlock with user's app
    # rule 16: one writer per stream, keys sorted alike in every path
    def test_two_syncs_and_eight_clients_do_not_get_into_each_others_way(self):
        with Postgres({"max_connections": 40}) as self.postgres, simulator(rows=ROWS) as self.vendor, tempfile.TemporaryDirectory(prefix="syncline-rivals-") as folder:
            self.folder = Path(folder)
            self.database = studio_database(self.postgres, truth(self.vendor), sizes=OWN)
            for title, (code, zone) in SITES.items():
                self.database.execute(f"insert into studio.sites values ('{code[:2]}ZZ', '{title} (south)', '{zone}')")
            before = Snapshot(self.database, SYNCED)
            self.projects = {tenant: StudioProject(self.folder / tenant, self.database.url, self.vendor, tenant, of_account(tenant)) for tenant in ("north", "south")}
            for project in self.projects.values():
                migrated = project.run("migrate")
                self.assertEqual(migrated.code, 0, str(migrated))
            self.judges = {tenant: Judge(copy.deepcopy(before), SYNCED) for tenant in self.projects}
            for tenant, judge in self.judges.items():
                judge.note(self.truth(tenant))
            self.everybody_at_once()
            self.assert_nobody_was_thrown_out()
            self.assert_all_is_right()

    def truth(self, tenant):
        """What the vendor knows, with that of the south which of_account() maps."""
        documents = truth(self.vendor, tenant)
        for resource, name in (("orders", "number"), ("employee_public_profiles", "schedule_display_name")) if tenant == "south" else ():
            for document in documents[resource]:
                document[name] = document["id"]
        return documents

    def everybody_at_once(self):
        self.ended, self.until = {tenant: [] for tenant in self.projects}, time.monotonic() + SECONDS
        rivals = [threading.Thread(target=self.sync_over_and_over, args=(tenant,)) for tenant in self.projects]
        application = subprocess.Popen(self.pgbench(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
        for rival in rivals:
            rival.start()
        self.said = application.communicate(timeout=SECONDS + 120)[0]
        for rival in rivals:
            rival.join()
        self.assertEqual(application.returncode, 0, self.said)

    def pgbench(self):
        command = [BIN / "pgbench", "--no-vacuum", "--client", CLIENTS, "--jobs", 2, "--time", SECONDS, "--rate", 400, "--failures-detailed", "--random-seed", 7]
        for name, (weight, script) in SCRIPTS.items():
            (self.folder / name).write_text(script)
            command += ["--file", f"{self.folder / name}@{weight}"]
        return [str(word) for word in [*command, self.database.url]]

    def sync_over_and_over(self, tenant):
        number = 0
        while time.monotonic() < self.until or not number:
            number += 1
            self.ended[tenant].append(self.projects[tenant].run("sync", *(["--full"] if number % 2 else [])))
            self.vendor.mutate("churn", tenant=tenant, count=15, resources=CHANGING)
            self.judges[tenant].note(self.truth(tenant))
            self.vendor.clock(advance_s=60)

    def assert_nobody_was_thrown_out(self):
        for tenant, runs in self.ended.items():
            print(f"{tenant}: {len(runs)} syncs, exit codes {dict(Counter(run.code for run in runs))}", flush=True)
            for run in runs:
                self.assertIn(run.code, ENDINGS, str(run))
        print("\n".join(line for line in self.said.splitlines() if re.match("number of|tps", line)), flush=True)
        # Who waited for whom: two of the application's own, or one of them and a sync?
        deadlock = "".join(re.findall(r"deadlock detected.*(?:\n.*){12}", self.postgres.take_log()))
        for what in ("failed", "serialization failures", "deadlock failures"):
            found = re.search(rf"number of (?:transactions )?{what}(?: transactions)?: (\d+)", self.said)
            self.assertIsNotNone(found, self.said)
            self.assertEqual(int(found[1]), 0, self.said + deadlock)
        self.assertEqual(self.database.value("select deadlocks from pg_stat_database where datname = current_database()"), "0")

    def assert_all_is_right(self):
        quiet = Snapshot(self.database, SYNCED)
        for tenant, judge in self.judges.items():
            judge.go_on_from(seen_by(copy.deepcopy(quiet), tenant), lambda row, tenant=tenant: row["mt_account"] not in (None, tenant))
        documents = {}
        for tenant, project in self.projects.items():
            ended = project.run("sync", "--json", "--full")
            self.assertIn(ended.code, ENDINGS, str(ended))
            documents[tenant] = ended.document
        for tenant, judge in self.judges.items():
            now = Snapshot(self.database, SYNCED)
            verdict = judge.check(seen_by(now, tenant), self.truth(tenant), rejects(self.database, documents[tenant]["run"], tenant))
            print(f"{tenant}: {verdict}", flush=True)
            self.assertEqual(verdict.differences, [], tenant)


def of_account(tenant):
    """The same mapping for each of two accounts that feed the same tables. Receipts and short names are UNIQUE there, so those of the south are its ids."""

    def change(folder):
        settings = folder / "syncline.yaml"
        settings.write_text(settings.read_text().replace("  studio:\n", f"  {tenant}:\n"))
        for file in (folder / "entities").glob("*.yaml"):
            text = re.sub(r"key: {column: (\w+),", r"key: {column: \1, account_column: mt_account,", file.read_text().replace("account: studio", f"account: {tenant}"))
            if tenant == "south":
                text = text.replace("receipt: number", "receipt: id").replace("short_name: schedule_display_name", "short_name: id")
            file.write_text(text)

    return change


def seen_by(now, tenant):
    """The rows as the judge of one account looks at them: what has another account's id has none."""
    for name in SYNCED:
        for row in now.rows[name].values():
            if row["mt_account"] != tenant:
                row[TABLES[name].key] = None
    return now


if __name__ == "__main__":
    unittest.main()
