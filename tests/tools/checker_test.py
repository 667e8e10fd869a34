# SPDX-License-Identifier: Apache-2.0
"""The independent checker: it accepts tables that are right, and finds every single cell that is not."""
import contextlib
import io
import tempfile
import unittest
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

from support import checker
from support.database import Database
from support.postgres import Postgres


def resource(kind, id, relations=None, **attributes):
    """A line of the simulator's truth."""
    return {"type": kind, "id": id, **attributes, **(relations or {})}


def reservation(id, user="11", class_session="41", memberships=(), credits=(), **attributes):
    base = {"reservation_type": "standard", "status": "pending", "creation_date": "2026-02-27T15:34:28.2786819Z", "cancel_date": None, "updated_datetime": "2026-02-28T00:00:00Z",
            "guest_email": None, "reserved_for_guest": False}
    return resource("reservations", id, {"user": user, "class_session": class_session, "membership_transactions": list(memberships), "credit_transactions": list(credits)},
                    **{**base, **attributes})


TRUTH = {
    "users": [resource("users", "11", first_name="Io", last_name="", email=" Io@Mail.example ", phone_number="", account_balance=Decimal("-12.30"), marketing_opt_in=True),
              resource("users", "12", first_name=None, last_name="Vu", email="", phone_number="555", account_balance="1,234.5", marketing_opt_in=False),
              resource("users", "13", first_name="Bad", last_name="Sum", email=None, phone_number=None, account_balance="12.345", marketing_opt_in=False)],
    "locations": [resource("locations", "21", name="Midtown", timezone="US/Central", city="", currency_code="USD")],
    "class_session_types": [resource("class_session_types", "31", name="Pilates", duration=50, enabled=True)],
    # Four in the morning in UTC is still the day before in Chicago.
    "class_sessions": [resource("class_sessions", "41", {"class_session_type": "31", "location": "99"}, start_datetime="2026-03-02T04:00:00Z", capacity=20, instructor_names=["É B", "C"])],
    "reservations": [reservation("51", memberships=["8"]), reservation("52", status=" Check In ", user=None, guest_email="ADA@studio.example", reserved_for_guest=True),
                     reservation("53", status="graced no show", user="777", credits=["9"], reservation_type="standby"), reservation("54", reservation_type="waitlist"),
                     reservation("55", status="eaten"), reservation("56", class_session="999")],
}
RIGHT = """
alter table customers add column mt_user_id text; alter table locations add column mt_location_id text; alter table class_types add column mt_class_type_id text;
alter table classes add column mt_class_id text; alter table bookings add column mt_reservation_id text; alter table bookings add column source_updated_at {instant};
insert into customers (mt_user_id, first_name, last_name, email, phone, balance_cents, marketing_opt_in) values
  ('11', 'Io', '', 'Io@Mail.example', null, -1230, true), ('12', null, 'Vu', null, '555', 123450, false);
insert into locations (mt_location_id, name, time_zone, city, currency) values ('21', 'Midtown', 'US/Central', null, 'USD');
insert into class_types (mt_class_type_id, name, minutes, bookable) values ('31', 'Pilates', 50, true);
insert into classes (mt_class_id, class_type_id, location_id, starts_at, class_day, seats, instructors) values
  ('41', (select id from class_types where mt_class_type_id = '31'), null, '2026-03-01T22:00:00-06:00', '2026-03-01', 20, '["É B","C"]');
insert into bookings (mt_reservation_id, customer_id, class_id, status, source, booked_at, guest_email, source_updated_at)
  select k, u, (select id from classes where mt_class_id = '41'), s, o, '2026-02-27T15:34:28.278681Z', g, '2026-02-28T00:00:00Z' from (
    select '51' as k, (select id from customers where mt_user_id = '11') as u, 'booked' as s, 'membership' as o, null as g
    union all select '52', (select id from customers where first_name = 'Ada'), 'attended', 'guest', 'ADA@studio.example'
    union all select '53', null, 'no_show', 'credits', null) as three;
"""
WRONG = {"text": "'wrong'", "integer": "7", "boolean": "not marketing_opt_in", "instant": "'2026-02-27T15:34:29Z'", "json": "'[\"C\"]'", "id": "1"}


class Judge:
    """Runs on each database; made_database() gives an empty one."""

    def setUp(self):
        self.database = Database(self.made_database())
        self.database.make_studio_app()
        self.database.execute(RIGHT.format(instant="datetime" if self.database.is_sqlite else "timestamptz"))

    def verdict(self):
        with contextlib.redirect_stderr(io.StringIO()):
            return checker.compare(self.database, TRUTH.__getitem__)

    def test_tables_that_are_right_show_no_difference_and_are_all_compared(self):
        result = self.verdict()
        self.assertEqual([str(difference) for difference in result.differences], [])
        self.assertEqual((result.rows, result.cells), (8, 2 * 6 + 4 + 3 + 6 + 3 * 8))
        self.assertEqual(result.unlandable, {"customers": ["13"], "locations": [], "class_types": [], "classes": [], "bookings": ["55", "56"]})

    def test_every_single_wrong_cell_is_found(self):
        planted = []
        for name, key in {"customers": "11", "locations": "21", "class_types": "31", "classes": "41", "bookings": "51"}.items():
            table = checker.TABLES[name]
            special = {"status": "'no_show'", "class_day": "'2026-03-02'", "bookable": "not bookable"}
            changes = ", ".join(f"{column} = {special.get(column, WRONG[kind])}" for column, (kind, _) in table.columns.items())
            self.database.execute(f"update {name} set {changes} where {table.key} = '{key}'")
            planted += [(name, key, column) for column in table.columns]
        self.assertEqual(len(planted), 27)
        self.assertEqual([(found.table, found.key, found.column) for found in self.verdict().differences], planted)

    def test_a_null_where_a_value_belongs_is_found(self):
        self.database.execute("update customers set last_name = null where mt_user_id = '11'")
        self.assertEqual([(one.column, one.expected, one.actual) for one in self.verdict().differences], [("last_name", "", None)])

    def test_a_missing_and_a_surplus_row_are_found(self):
        self.database.execute("delete from bookings where mt_reservation_id = '52'; update bookings set mt_reservation_id = '54' where mt_reservation_id = '53'")
        self.assertEqual([(one.key, one.expected, one.actual) for one in self.verdict().differences], [("52", "there", "missing"), ("53", "there", "missing"), ("54", "absent", "there")])

    def test_a_doubled_row_is_found(self):
        self.database.execute("insert into locations (name, mt_location_id, time_zone, currency) values ('Midtown', '21', 'US/Central', 'USD')")
        self.assertEqual([one.actual for one in self.verdict().differences], ["more than once"])

    def test_an_email_that_two_customers_share_matches_nobody(self):
        self.database.execute("update customers set email = ' ADA@studio.example' where first_name = 'Bo'")
        self.assertEqual([(one.key, one.column, one.expected) for one in self.verdict().differences], [("52", "customer_id", None)])

    def test_rows_of_the_app_itself_are_not_judged(self):
        self.database.execute("update customers set notes = 'changed' where mt_user_id is null")
        self.assertEqual(self.verdict().differences, [])


class OnSqlite(Judge, unittest.TestCase):
    def made_database(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return f"sqlite:{Path(folder.name) / 'studio.db'}"


class OnPostgres(Judge, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)

    def made_database(self):
        return self.postgres.create_database()


class Conversions(unittest.TestCase):
    def test_amounts_are_exact(self):
        for value, cents in ((Decimal("0.0"), 0), ("$1,234.50", 123450), ("(12.30)", -1230), (Decimal("1E+2"), 10000), ("90071992547409.93", 9007199254740993), (5, 500), (None, None)):
            self.assertEqual(checker.cents(value), cents)

    def test_amounts_that_cannot_be_cents_cannot_land(self):
        for value in ("0.005", "ten", "", "1.2.3"):
            with self.assertRaises(checker.Unlandable):
                checker.cents(value)

    def test_what_a_column_cannot_honestly_hold_cannot_land(self):
        for convert, values in ((checker.text, ["a\0b"]), (checker.email, ["nobody", "a@", "@b", "a b@c", "a@b@c"]), (checker.integer, [2**63, -2**63 - 1, "ten", Decimal("1.5")]),
                                (checker.boolean, ["maybe", 2]), (checker.instant, ["now", "2026-02-30T00:00:00Z", "", 5]), (checker.status, ["eaten", None])):
            for value in values:
                with self.subTest(value=value), self.assertRaises(checker.Unlandable):
                    convert(value)

    def test_blank_is_null_where_the_mapping_says_so(self):
        self.assertEqual([checker.text(""), checker.text_or_null(" "), checker.email(""), checker.email(" A@b ")], ["", None, None, "A@b"])

    def test_moments_are_cut_to_microseconds_and_compared_in_utc(self):
        moment = datetime(2026, 2, 27, 15, 34, 28, 278681, timezone.utc)
        for value in ("2026-02-27T15:34:28.2786819Z", "2026-02-27 15:34:28.278681+00", "2026-02-27T09:34:28.278681-06:00", "2026-02-27T15:34:28.278681"):
            self.assertEqual(checker.instant(value), moment)

    def test_the_day_of_a_class_is_the_studios_day_also_when_clocks_change(self):
        for value, day in (("2026-03-08T05:59:59Z", "2026-03-07"), ("2026-03-08T06:00:00Z", "2026-03-08"), ("2026-03-09T04:59:59Z", "2026-03-08"), ("2026-11-02T05:59:59Z", "2026-11-01")):
            self.assertEqual(checker.local_day(value, "America/Chicago"), day)

    def test_the_first_rule_that_fits_says_who_brought_a_booking(self):
        for changes, source in (({}, "direct"), ({"credits": ["1"]}, "credits"), ({"credits": ["1"], "memberships": ["2"]}, "membership"),
                                ({"memberships": ["2"], "reserved_for_guest": True}, "guest")):
            self.assertEqual(checker.booking_source(checker.Resource(reservation("1", **changes))), source)


if __name__ == "__main__":
    unittest.main()
