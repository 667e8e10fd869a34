# SPDX-License-Identifier: Apache-2.0
"""The vendor changes what its records look like: a field has another name, is gone, or is of another type. What the table has stays, and the run says what has changed."""
import unittest

from support.databases import OnBothDatabases
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor

ENTITY = """table: goods
account: main
from: goods
key: {column: crm_id, from: id}
fields: {name: name, seats: seats}
"""
RECORDS = 250  # enough for the guard against a mapping that does not fit


class Drift(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.goods = []
        vendor = ScriptedVendor(lambda request: Answer(body=self.goods))
        self.addCleanup(vendor.stop)
        self.vendor = vendor

    def synced(self, kind, entity=ENTITY):
        """A shop whose table has what the vendor said."""
        database = self.database(kind, studio_app=False)
        database.execute(f"create table goods (id {'serial' if kind == 'postgresql' else 'integer'} primary key, name text, seats integer)")
        project = ScriptedProject(self.folder / f"{kind}{self._databases}", database.url, self.vendor.url, {"goods": "{get: /goods, records: {json: .}, paginate: none, key: id}"}, {"goods": entity})
        self.assertEqual(project.run("migrate").code, 0)
        self.goods = [{"id": f"g{number}", "name": f"Good {number}", "seats": number} for number in range(RECORDS)]
        first = project.run("sync", "--json")
        self.assertEqual((first.code, first.entity("goods")["inserted"]), (0, RECORDS), str(first))
        return project, database

    def stored(self, database):
        return [tuple(map(str, row)) for row in database.rows("select crm_id, name, seats from goods order by id")]

    # D16: a field renamed in most rows, which nearly all had
    def test_a_renamed_field_stops_the_run_before_anything_is_written(self):
        for kind in self.KINDS:
            for renamed in (RECORDS, RECORDS * 6 // 10):
                with self.subTest(f"{renamed} on {kind}"):
                    project, database = self.synced(kind)
                    before = self.stored(database)
                    for record in self.goods[:renamed]:
                        record["title"] = record.pop("name")
                    for record in self.goods:
                        record["seats"] += 1
                    ended = project.run("sync", "--json")
                    self.assertEqual(ended.code, 24, str(ended))
                    self.assertEqual(self.stored(database), before)
                    said = rf"entities/goods\.yaml:5:\d+: {renamed} of {RECORDS} records have no `name`, but the rows of goods have a `name`: renamed at the source\?"
                    self.assertRegex(ended.entity("goods")["errors"][0]["message"], said)
                    self.assertRegex(project.run("log", ended.document["run"]).stdout, said)
                    project.write("entities/goods.yaml", ENTITY.replace("name: name", "name: [name, title]"))
                    mended = project.run("sync", "--json")
                    self.assertEqual((mended.code, mended.entity("goods")["updated"]), (0, RECORDS), str(mended))

    # D16: a field that fewer than half of the rows lack, that few rows had, or that the file expects to be missing
    def test_a_field_that_may_be_missing_empties_no_column_and_stops_nothing(self):
        expected = ENTITY.replace("name: name", "name: {from: name, on_missing: keep}")
        for kind in self.KINDS:
            for case, entity, first, lost in (("fewer than half", ENTITY, RECORDS, RECORDS // 3), ("few had it", ENTITY, RECORDS // 2, RECORDS), ("expected", expected, RECORDS, RECORDS)):
                with self.subTest(f"{case} on {kind}"):
                    project, database = self.synced(kind, entity)
                    for record in self.goods[first:]:
                        record["name"] = None
                    self.assertEqual(project.run("sync").code, 0)
                    before = self.stored(database)
                    for record in self.goods[:lost]:
                        del record["name"]
                    ended = project.run("sync", "--json")
                    self.assertEqual((ended.code, ended.entity("goods")["unchanged"]), (0, RECORDS), str(ended))
                    self.assertEqual(self.stored(database), before)
                    if lost == RECORDS:
                        for said in (ended.entity("goods")["note"], project.run("log", ended.document["run"]).stdout):
                            self.assertRegex(said, r"entities/goods\.yaml:5:\d+: no record has name: renamed at the source, or misspelt\?")

    # D16: a field that is missing in all rows and must not be
    def test_a_field_that_must_be_there_stops_the_run_when_all_lack_it(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind, ENTITY.replace("name: name", "name: {from: name, on_missing: reject}"))
                before = self.stored(database)
                for record in self.goods:
                    del record["name"]
                    record["seats"] += 1
                self.assert_refused_and_read_again(project, database, before, "name")

    # D16: a type that goes from int to string
    def test_a_type_that_has_changed_stops_the_run_before_anything_is_written(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind)
                before = self.stored(database)
                for record in self.goods:
                    record["seats"] = f"{record['seats']} seats"
                    record["name"] += "!"
                self.assert_refused_and_read_again(project, database, before, "seats")

    def test_a_number_that_comes_as_text_is_the_same_number(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.synced(kind)
                for record in self.goods:
                    record["seats"] = str(record["seats"])
                ended = project.run("sync", "--json")
                self.assertEqual((ended.code, ended.entity("goods")["unchanged"]), (0, RECORDS), str(ended))

    # F15: column type changed by the user, column renamed, table dropped: the entity stops and names it, the others go on
    def test_a_table_that_was_changed_stops_its_entity_and_no_other(self):
        changes = {"alter table goods alter column seats type date using current_date": "seats", "alter table goods rename column seats to places": "seats", "drop table goods": "goods"}
        for kind in self.KINDS:
            for change, named in changes.items():
                if kind == "sqlite" and "type date" in change:
                    continue
                with self.subTest(f"{change} on {kind}"):
                    project, database = self.synced(kind, ENTITY.replace("seats: seats", "seats: {from: seats, type: integer}"))
                    database.execute(f"create table others (id {'serial' if kind == 'postgresql' else 'integer'} primary key, name text, seats integer)")
                    project.write("entities/others.yaml", ENTITY.replace("table: goods", "table: others"))
                    self.assertEqual(project.run("migrate").code, 0)
                    database.execute(change)
                    self.goods[0]["name"] = "new"
                    ended = project.run("sync", "--json")
                    self.assertEqual(ended.code, 24, str(ended))
                    self.assertEqual([ended.entity(name)["exit"] for name in ("goods", "others")], [24, 0], str(ended))
                    self.assertIn(named, ended.entity("goods")["errors"][0]["message"])
                    self.assertEqual(ended.entity("others")["inserted"], RECORDS)

    # F15: permission revoked
    def test_a_right_that_was_taken_away_stops_its_entity_and_says_so(self):
        project, database = self.synced("postgresql")
        role = f"sync_{self._databases}"
        database.execute(f"create role {role} login; grant all on all tables in schema public to {role}; grant all on all sequences in schema public to {role}; grant usage on schema syncline to {role};"
                         f"grant all on all tables in schema syncline to {role}; grant all on all sequences in schema syncline to {role}; revoke update on goods from {role}")
        project.reach(database.url.replace("syncline@", f"{role}@"))
        before = self.stored(database)
        self.goods[0]["name"] = "new"
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 24, str(ended))
        self.assertEqual(ended.entity("goods")["errors"][0]["code"], "42501")
        self.assertRegex(ended.entity("goods")["errors"][0]["message"], r"goods; `syncline plan`, run as the role that syncs, names the GRANTs that it lacks")
        self.assertIn(f"warning: this role lacks rights that a sync needs; have the owner run GRANT SELECT, INSERT, UPDATE ON \"public\".\"goods\" TO {role};", project.run("plan").stdout)
        self.assertEqual(self.stored(database), before)
        database.execute(f"grant update on goods to {role}")
        again = project.run("sync", "--json")
        self.assertEqual((again.code, again.entity("goods")["updated"]), (0, 1), str(again))

    def assert_refused_and_read_again(self, project, database, before, field):
        """Nothing of the table has changed; the rejects name the field; when the vendor has mended it, all are read again."""
        good = [{"id": key, "name": name, "seats": int(seats)} for key, name, seats in before]
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 25, str(ended))
        entity = ended.entity("goods")
        self.assertEqual([entity[name] for name in ("inserted", "updated", "rejected", "complete")], [0, 0, RECORDS, False])
        self.assertEqual(self.stored(database), before)
        rejects = project.run("rejects", "--json", "--limit", "1000").document["rejects"]
        self.assertEqual({reject["field"] for reject in rejects}, {field})
        self.assertEqual(len(rejects), RECORDS)
        self.goods = good[1:] + [{**good[0], "seats": 7}]
        mended = project.run("sync", "--json")
        self.assertEqual([mended.code, *(mended.entity("goods")[name] for name in ("updated", "unchanged"))], [0, 1, RECORDS - 1], str(mended))


if __name__ == "__main__":
    unittest.main()
