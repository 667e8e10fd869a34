# SPDX-License-Identifier: Apache-2.0
"""Numbers that no column can hold as they were sent: each is a reject that says so, and what lands is what the vendor said, digit by digit."""
import unittest

from support.databases import OnBothDatabases
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor

COLUMNS = {"price": "numeric(12,2)", "weight": "numeric", "ratio": "double precision", "small": "real"}
ENTITY = """table: goods
account: main
from: goods
key: {column: crm_id, from: id}
fields: {price: price, weight: weight, ratio: ratio, small: small}
"""
# As the vendor writes them: a number, or a text.
NO_NUMBERS = ["1e400", "-1e400", "1e-400", '"1e400"', '"1e-400"', '"NaN"', '"Infinity"', '"-Infinity"', '"inf"', '"nan"']
NUMBERS = {"price": ("1234567890.12", "1234567890.12"), "weight": ("0.125", "0.125"), "ratio": ("1e-7", "1e-07"), "small": ("0.5", "0.5")}


class Values(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.goods = ""
        vendor = ScriptedVendor(lambda request: Answer(body=self.goods, headers={"Content-Type": "application/json"}))
        self.addCleanup(vendor.stop)
        self.vendor = vendor

    def shop(self, kind):
        database = self.database(kind, studio_app=False)
        columns = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
        database.execute(f"create table goods (id {'serial' if kind == 'postgresql' else 'integer'} primary key, {columns})")
        project = ScriptedProject(self.folder / kind, database.url, self.vendor.url, {"goods": "{get: /goods, records: {json: .}, paginate: none, key: id}"}, {"goods": ENTITY})
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        return project, database

    def says(self, *goods):
        """Each a key and the texts of its values."""
        self.goods = "[" + ", ".join("{" + ", ".join([f'"id": "{key}"', *(f'"{name}": {text}' for name, text in values.items())]) + "}" for key, values in goods) + "]"

    # D6: 1e400, 1e-400, NaN, Infinity: float8 and numeric columns, all the way into the table
    def test_what_no_column_holds_as_sent_is_a_reject_and_never_a_value(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                project, database = self.shop(kind)
                bad = {f"{name} {text}": (name, text) for name in COLUMNS for text in NO_NUMBERS}
                keys = {key: f"bad {number}" for number, key in enumerate(bad)}
                good = {name: text for name, (text, _) in NUMBERS.items()}
                self.says(("good", good), *((keys[key], {**good, name: text}) for key, (name, text) in bad.items()))
                ended = project.run("sync", "--json")
                self.assertEqual(ended.code, 10, str(ended))
                self.assertEqual([ended.entity("goods")[name] for name in ("inserted", "rejected")], [1, len(bad)])
                rejects = {reject["key"]: reject for reject in project.run("rejects", "--json", "--limit", "1000").document["rejects"]}
                for key, (name, text) in bad.items():
                    reject = rejects[keys[key]]
                    self.assertEqual((reject["field"], reject["code"]), (name, "not_a_number"), key)
                    self.assertIn(text.strip('"'), reject["reason"] + reject["value"], key)
                self.assertEqual([tuple(map(str, row)) for row in database.rows("select crm_id, price, weight, ratio, small from goods")], [("good", *(stored for _, stored in NUMBERS.values()))])

    # D6: what float4 cannot hold the database refuses, and a NaN that somebody has put into the table is set right
    def test_what_only_the_database_can_refuse_is_one_reject_too(self):
        project, database = self.shop("postgresql")
        self.says(("a", {"small": "1e39"}), ("b", {"small": "1e-64"}), ("c", {"small": "1e38", "ratio": "1e64", "price": "9999999999.99"}), ("d", {"price": "10000000000"}))
        ended = project.run("sync", "--json")
        self.assertEqual(ended.code, 10, str(ended))
        rejects = {reject["key"]: (reject["field"], reject["code"]) for reject in project.run("rejects", "--json").document["rejects"]}
        self.assertEqual({key: code for key, (_, code) in rejects.items()}, {"a": "22003", "b": "22003", "d": "out_of_range"})
        stored = "select crm_id, small, ratio, price from goods"
        self.assertEqual([tuple(row) for row in database.rows(stored)], [("c", "1e+38", "1e+64", "9999999999.99")])
        database.execute("update goods set price = 'NaN', ratio = 'Infinity'")
        self.says(("c", {"small": "1e38", "ratio": "1e64", "price": "9999999999.99"}))
        again = project.run("sync", "--json")
        self.assertEqual((again.code, again.entity("goods")["updated"]), (0, 1), str(again))
        self.assertEqual([tuple(row) for row in database.rows(stored)], [("c", "1e+38", "1e+64", "9999999999.99")])

    # F6: a number with zeros behind it, an instant in two offsets: one key
    def test_equal_keys_of_one_page_are_one_row_and_a_duplicate_however_they_are_written(self):
        # On SQLite no plan takes a decimal for a key.
        spellings = {"number": (("1.0", "1.00", "1.01"), {"postgresql": "numeric"}),
                     "time": (("2026-03-02T12:00:00Z", "2026-03-02T13:00:00+01:00", "2026-03-02T13:00:00Z"), {"sqlite": "datetime", "postgresql": "timestamptz"})}
        for kind in self.KINDS:
            for what, ((first, same, other), types) in spellings.items():
                if kind not in types:
                    continue
                with self.subTest(f"{what} on {kind}"):
                    database = self.database(kind, studio_app=False)
                    database.execute(f"create table goods (id {'serial' if kind == 'postgresql' else 'integer'} primary key, crm_id {types[kind]}, price integer)")
                    project = ScriptedProject(self.folder / f"{kind}-{what}", database.url, self.vendor.url, {"goods": "{get: /goods, records: {json: .}, paginate: none, key: id}"},
                                              {"goods": ENTITY.replace("price: price, weight: weight, ratio: ratio, small: small", "price: price")})
                    migrated = project.run("migrate")
                    self.assertEqual(migrated.code, 0, str(migrated))
                    self.says((first, {"price": "1"}), (same, {"price": "2"}), (other, {"price": "3"}))
                    ended = project.run("sync", "--json")
                    self.assertEqual(ended.code, 0, str(ended))
                    self.assertEqual([ended.entity("goods")[name] for name in ("inserted", "duplicate", "rejected")], [2, 1, 0])
                    self.assertEqual([str(row[0]) for row in database.rows("select price from goods order by price")], ["2", "3"])
                    self.says((first, {"price": "2"}), (other, {"price": "3"}))
                    again = project.run("sync", "--json", "--full")
                    self.assertEqual((again.code, again.entity("goods")["unchanged"]), (0, 2), str(again))


if __name__ == "__main__":
    unittest.main()
