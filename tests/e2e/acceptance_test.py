# SPDX-License-Identifier: Apache-2.0
"""The acceptance schema: a studio's own tables, deliberately different from the vendor's, with rows of their own. Every mapped cell is what the
independent judge says, after the first sync, after many changes on both sides, and nothing that is the studio's own is touched."""
import copy
import os
import random
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from acceptance.judge import TABLES, Judge, Snapshot, fold
from acceptance.world import CHANGING, ENDINGS, SYNCED, StudioProject, rejects, simulator, studio_database, studio_file, truth
from support.ledger import own
from support.postgres import Postgres

MUTATIONS = int(os.environ.get("SYNCLINE_MUTATIONS", "300"))
SEED = int(os.environ.get("SYNCLINE_ACCEPTANCE_SEED", "20260302"))
ROUNDS = 5


class Acceptance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="syncline-acceptance-")
        self.addCleanup(folder.cleanup)
        self.folder, self.vendor = Path(folder.name), simulator()
        self.addCleanup(self.vendor.stop)

    def begin(self, database):
        self.database, self.prefix = database, "" if database.is_sqlite else "studio."
        self.judge = Judge(Snapshot(self.database, SYNCED), SYNCED)
        self.project = StudioProject(self.folder / "project", self.database.url, self.vendor)
        for command in ("lint", "migrate"):
            ended = self.project.run(command)
            self.assertEqual(ended.code, 0, str(ended))

    def sync(self, *arguments):
        ended = self.project.run("sync", "--json", *arguments)
        self.assertIn(ended.code, ENDINGS, str(ended))
        return ended.document

    def judged(self, said, document=None):
        """Asserts that all cells are right; document: of a run that has read everything again."""
        now = Snapshot(self.database, SYNCED)
        verdict = self.judge.check(now, truth(self.vendor), rejects(self.database, document and document["run"]), strict=document is not None)
        print(f"{said}: {verdict}", flush=True)
        self.assertEqual(verdict.differences, [], said)
        return verdict

    # rule 5: unchanged rows write nothing
    # rule 10: never write source ids to our primary key
    # rule 17: money to the cent
    # rule 18: days and times in the declared zone
    # rule 19: absent is not null
    def test_cells_are_right_after_the_first_sync_after_changes_and_after_local_edits(self):
        self.begin(studio_database(self.postgres, truth(self.vendor)))
        self.live(MUTATIONS)

    def test_the_same_on_sqlite(self):
        self.begin(studio_file(self.folder, truth(self.vendor)))
        self.live(MUTATIONS // 3)

    def live(self, mutations):
        first = self.sync()
        verdict = self.judged("first sync", first)
        for name in SYNCED:
            if TABLES[name].adopt:
                self.assertGreater(verdict.adopted[name], 0, f"{name}: no row that was there before was adopted")
        self.assert_judge_finds_planted_faults(first)

        before = Snapshot(self.database, SYNCED).rows
        second = self.sync("--full")
        for entity in second["entities"]:
            self.assertEqual((entity["inserted"], entity["updated"], entity["adopted"]), (0, 0, 0), entity)
        self.assertEqual(Snapshot(self.database, SYNCED).rows, before)

        self.change_much(mutations)
        self.edit_locally()
        self.decide_whose_rows_they_are()

    # --- a judge that finds nothing must have been seen to find something

    def assert_judge_finds_planted_faults(self, document):
        known, said = truth(self.vendor), rejects(self.database, document["run"])
        for what, plant in (("a wrong cell", self.wrong_cell), ("a missing row", self.missing_row), ("a twin", self.twin), ("a row of the studio's own that was touched", self.touched_row),
                            ("a key that went to another row", self.swapped_keys), ("an hour of daylight saving too much", self.wrong_hour), ("a number that somebody had given already", self.wrong_number),
                            ("a row marked as deleted that is not", self.wrong_mark), ("a reject with another reason than the true one", self.wrong_code),
                            ("a reject of another field than the true one", self.wrong_field), ("a reject of a record that could land", self.reject_without_reason),
                            ("a reject of a record that has landed", self.reject_of_what_landed)):
            now, planted = Snapshot(self.database, SYNCED), copy.deepcopy(said)
            expected = plant(now, planted)
            found = copy.deepcopy(self.judge).check(now, known, planted).differences
            self.assertTrue(any(expected(difference) for difference in found), f"{what}: not found among {len(found)} differences")
            print(f"planted: {what}: found", flush=True)

    @staticmethod
    def some(now, table, wanted=lambda row: True):
        key = TABLES[table].key
        return next((pk, row) for pk, row in now.rows[table].items() if row[key] is not None and wanted(row))

    def wrong_cell(self, now, _):
        _, row = self.some(now, "sales")
        row["gross_cents"] = str(int(row["gross_cents"]) + 1)
        return lambda difference: (difference.table, difference.key, difference.column) == ("sales", row["mt_order_id"], "gross_cents")

    def missing_row(self, now, _):
        pk, row = self.some(now, "tenders")
        del now.rows["tenders"][pk]
        return lambda difference: (difference.table, difference.key, difference.actual) == ("tenders", row["mt_key"], "missing")

    def twin(self, now, _):
        """What a sync that does not adopt would leave: the studio's own row, and a second one with the external id."""
        pk, row = self.some(now, "people", lambda row: (row["id"],) in self.judge.before.rows["people"])
        now.rows["people"]["999999",] = {**row, "id": "999999"}
        now.rows["people"][pk] = {**self.judge.before.rows["people"][pk], "mt_user_id": None}
        return lambda difference: difference.table == "people" and difference.key == row["mt_user_id"]

    def touched_row(self, now, _):
        pk, row = next((pk, row) for pk, row in now.rows["bookings"].items() if row["mt_reservation_id"] is None)
        row["seat"] = "12"
        return lambda difference: (difference.table, difference.key, difference.column) == ("bookings", str(pk), "seat")

    def swapped_keys(self, now, _):
        _, one = self.some(now, "bookings")
        _, other = self.some(now, "bookings", lambda row: row["person_id"] != one["person_id"])
        one["mt_reservation_id"], other["mt_reservation_id"] = other["mt_reservation_id"], one["mt_reservation_id"]
        return lambda difference: (difference.table, difference.key, difference.column) == ("bookings", one["mt_reservation_id"], "person_id")

    def wrong_hour(self, now, _):
        _, row = self.some(now, "classes", lambda row: row["local_start"] < "23:00:00")
        row["local_start"] = f"{int(row['local_start'][:2]) + 1:02d}{row['local_start'][2:]}"
        return lambda difference: (difference.table, difference.key, difference.column) == ("classes", row["mt_class_id"], "local_start")

    def wrong_number(self, now, _):
        pk, row = self.some(now, "memberships", lambda row: (row["id"],) not in self.judge.before.rows["memberships"])
        row["instance_id"] = "9652"
        return lambda difference: (difference.table, difference.key, difference.column) == ("memberships", row["mt_membership_id"], "instance_id")

    def wrong_mark(self, now, _):
        _, row = self.some(now, "people", lambda row: (row["id"],) not in self.judge.before.rows["people"])
        row["deleted_at"] = "2026-03-02 12:00:00+00"
        return lambda difference: (difference.table, difference.key, difference.column) == ("people", row["mt_user_id"], "deleted_at")

    @staticmethod
    def one_with(said, code):
        """The entity and key of a record that was rejected for that and nothing else."""
        return next(who for who, reasons in said.items() if {found for found, _ in reasons} == {code} and who[1])

    def wrong_code(self, _, said):
        entity, key = self.one_with(said, "not_a_phone")
        said[entity, key] = {("too_long", field) for _, field in said[entity, key]}
        return lambda difference: (difference.table, difference.key) == (entity, key)

    def wrong_field(self, _, said):
        entity, key = self.one_with(said, "waiting")
        said[entity, key] = {("waiting", "coach_id")}
        return lambda difference: (difference.table, difference.key) == (entity, key)

    def reject_without_reason(self, now, said):
        pk, row = self.some(now, "sales")
        del now.rows["sales"][pk]
        said["sales", row["mt_order_id"]] = {("23505", "sales_receipt_key")}
        return lambda difference: (difference.table, difference.key, difference.actual) == ("sales", row["mt_order_id"], "missing")

    def reject_of_what_landed(self, now, said):
        _, row = self.some(now, "sales")
        said["sales", row["mt_order_id"]] = {("not_an_amount", "gross_cents")}
        return lambda difference: (difference.table, difference.key, difference.column) == ("sales", row["mt_order_id"], "(reject)")

    # --- changes at the vendor's

    def change_much(self, mutations):
        """Rounds of changes, each read incrementally; the last of them does not move updated_datetime, so only a full sync sees it."""
        for number in range(ROUNDS):
            self.vendor.clock(advance_s=7200)
            silent = number == ROUNDS - 1
            changes = self.vendor.mutate("churn", tenant="north", count=mutations // ROUNDS, resources=CHANGING, silent=silent)["changes"]
            if silent:
                self.vendor.mutate("change", tenant="north", resource="locations", what="rename", count=1)
                continue
            self.sync()
            self.judged(f"round {number + 1}, {len(changes)} rows changed")
        self.swap_addresses()
        self.judged(f"after {mutations} mutations", self.sync("--full"))

    # F7: unique violation on another column; two rows swap e-mails
    def swap_addresses(self):
        rows = Snapshot(self.database, ("people",)).rows["people"].values()
        landed = {row["mt_user_id"] for row in rows}
        one, other = [user for user in self.vendor.truth("users", "north") if user["email"] and user["email"] == user["email"].strip().lower() and user["id"] in landed][:2]
        for user, address in ((one, other["email"]), (other, one["email"])):
            self.vendor.mutate("edit_user", tenant="north", id=user["id"], email=address)

    # --- what only a person can decide

    def decide_whose_rows_they_are(self):
        """Two rows have one address, so nobody knew whose they are: once somebody has put the ids into the right ones, what waited for them lands unread."""
        users = {user["id"]: fold(user["email"]) for user in self.vendor.truth("users", "north")}
        rows = [row for row in Snapshot(self.database, ("people",)).rows["people"].values() if row["mt_user_id"] is None]
        ambiguous = {key for (entity, key), codes in rejects(self.database).items() if entity == "people" and any(code == "adopt_ambiguous" for code, _ in codes) and users.get(key)}
        decided = {}
        for user in ambiguous:
            candidates = [row["id"] for row in rows if fold(row["email"]) == users[user]]
            if len(candidates) == 2 and list(users.values()).count(users[user]) == 1:
                decided[user] = candidates[0]
        self.assertGreater(len(decided), 0)
        self.database.execute("".join(f"update {self.prefix}people set mt_user_id = '{user}' where id = {row};\n" for user, row in decided.items()))
        waited = int(self.database.value(f"select count(*) from {own(self.database, 'sync_waiting')}"))
        self.sync()
        now = Snapshot(self.database, SYNCED)
        landed = Counter(row["person_id"] for row in now.rows["bookings"].values() if row["mt_reservation_id"])
        left = int(self.database.value(f"select count(*) from {own(self.database, 'sync_waiting')}"))
        print(f"{len(decided)} people decided: {waited - left} of {waited} waiting rows landed", flush=True)
        self.assertLess(left, waited)
        self.assertGreater(sum(landed[row] for row in decided.values()), 0)
        self.judged("after people have decided", self.sync("--full"))

    # --- changes behind our back

    def edit_locally(self):
        chance = random.Random(SEED)
        now = Snapshot(self.database, SYNCED)
        statements = []

        def pick(table, count):
            key = TABLES[table].key
            return chance.sample(sorted(pk for pk, row in now.rows[table].items() if row[key] is not None), count)

        def mapped(table, column, value, count=8):
            for pk in pick(table, count):
                statements.append(f"update {self.prefix}{table} set {column} = {value} where id = '{pk[0]}'")

        def local(table, column, value, count=8):
            for pk in pick(table, count):
                statements.append(f"update {self.prefix}{table} set {column} = {value} where id = '{pk[0]}'")
                self.judge.allow_edit(table, pk, column, None if value == "null" else value.strip("'"))

        mapped("people", "given_name", "'Edited'")
        mapped("people", "email", "null")
        mapped("people", "home_site", "'HQ'")
        mapped("classes", "seats", "1")
        mapped("classes", "lead_coach", "null")
        mapped("bookings", "state", "'WL'")
        mapped("bookings", "person_id", "1")
        mapped("sales", "gross_cents", "-1")
        mapped("tenders", "method", "'IOU'")
        mapped("class_packs", "left_over", "0")
        mapped("memberships", "mrr_cents", "-1")
        local("bookings", "price_cents", "4242")
        local("people", "deleted_at", "'2026-01-01 00:00:00+00'")
        local("class_packs", "bought_sale", "7")
        for pk in pick("bookings", 8):  # they come back, as rows of their own
            statements.append(f"delete from {self.prefix}bookings where id = '{pk[0]}'")
            self.judge.forget_row("bookings", pk)
        self.database.execute(";\n".join(statements) + ";")
        document = self.sync("--full")
        self.judged(f"after {len(statements)} local edits", document)
        edits = {entity["entity"]: entity["local_edits"] for entity in document["entities"]}
        if not self.database.is_sqlite:  # there every row is compared, and nobody knows who wrote it
            self.assertGreater(edits["bookings"], 0, edits)


if __name__ == "__main__":
    unittest.main()
