# SPDX-License-Identifier: Apache-2.0
"""The studio's own database as it was before the first sync: the schema of studio.sql with rows that people typed, some of them about the
same people, classes and sales as the vendor's, spelled in their own way."""
import io
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from acceptance.judge import Unlandable, phone

SCHEMA = Path(__file__).with_name("studio.sql")
SITES = {"Chelsea": ("CHE", "US/Eastern"), "Bishop Arts": ("BIS", "America/Chicago"), "Shoreditch": ("SHO", "Europe/London")}
LAST_MEMBERSHIP, LAST_INSTANCE = 2644, 9652  # the greatest numbers anybody has given by hand
NOW = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


@dataclass
class Sizes:
    """How many rows the studio has of its own."""

    people: int = 2600
    memberships: int = 900
    bookings: int = 12_000
    classes: int = 700
    sales: int = 1200


@dataclass
class Share:
    """How many of a hundred of the vendor's resources the studio has had as rows of its own."""

    people: int = 40
    people_by_phone: int = 5
    spelled_twice: int = 1
    classes: int = 30
    bookings: int = 60  # of those whose class and person the studio has, too
    memberships: int = 30
    sales: int = 25


class Table:
    def __init__(self, name, *columns):
        self.name, self.columns, self.rows = name, columns, []

    def add(self, *cells):
        self.rows.append(cells)
        return cells[0]

    def copy(self):
        """A statement for psql that fills the table."""
        text = io.StringIO()
        for row in self.rows:
            text.write(",".join("" if cell is None else quoted(cell) for cell in row) + "\n")
        return f"copy studio.{self.name} ({', '.join(self.columns)}) from stdin (format csv);\n{text.getvalue()}\\.\n"


def quoted(cell):
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return '"' + str(cell).replace('"', '""') + '"'


class Studio:
    """Makes the rows from what the vendor knows at this moment (truth: resource → list of documents); the same seed makes the same rows."""

    def __init__(self, truth, seed=1, sizes=None):
        self.truth, self.chance, self.share, self.sizes = truth, random.Random(f"studio {seed}"), Share(), sizes or Sizes()
        self.locations = {location["id"]: location for location in truth["locations"]}
        self.person_of, self.class_of, self.sale_of, self.emails = {}, {}, {}, set()

    def hits(self, percent):
        return self.chance.random() * 100 < percent

    def sql(self):
        """Statements for psql: schema, rows, and sequences that stand where the application left them."""
        tables = [self.sites(), self.people(), self.coaches(), self.classes(), self.bookings(), self.plans(), self.memberships(), self.sales(), self.sale_items(), self.tenders(), self.class_packs()]
        sequences = [f"select setval(pg_get_serial_sequence('studio.{table}', 'id'), (select max(id) from studio.{table}));\n"
                     for table in ("people", "classes", "bookings", "plans", "sales", "tenders", "class_packs")]
        return SCHEMA.read_text() + "begin;\n" + "".join(table.copy() for table in tables) + "".join(sequences) + "commit;\nanalyze;\n"

    def sites(self):
        table = Table("sites", "code", "title", "tz")
        for title, (code, zone) in SITES.items():
            table.add(code, title, zone)
        table.add("HQ", "Head Office", "America/New_York")
        return table

    def people(self):
        table = Table("people", "id", "given_name", "family_name", "email", "mobile", "born", "home_site", "kind", "legacy_no", "wants_mail", "created_at", "deleted_at")
        numbers = iter(self.chance.sample(range(1, 9 * self.sizes.people), self.sizes.people))
        self.count = 0

        def add(given, family, email, mobile):
            if email is not None and email.lower() in self.emails:
                return None
            if email is not None:
                self.emails.add(email.lower())
            self.count += 1
            legacy = next(numbers) if self.hits(40) else None
            gone = NOW - timedelta(days=self.chance.randrange(1, 400)) if self.hits(2) else None
            return table.add(self.count, given, family, email, mobile, None, self.chance.choice(["CHE", "BIS", "SHO", "HQ", None]), self.chance.choice([1, 1, 1, 2]), legacy, self.hits(50),
                             NOW - timedelta(days=self.chance.randrange(1, 2000)), gone)

        for user in self.truth["users"]:
            self.person_like(user, add)
        while self.count < self.sizes.people:
            number = self.count + 1
            email = None if self.hits(5) else f"{self.chance.choice(['Walk.In', 'guest', 'Ada'])}.{number}@studio.example"
            add(self.chance.choice(["Ada", "Bo", "Cy", "Zoë"]), f"Own {number}", email, f"+1555{number:07d}" if self.hits(60) else None)
        return table

    def person_like(self, user, add):
        """The studio's own row for one of the vendor's users, if it has one: found by e-mail, by phone, twice, or not at all for a dot too many."""
        address = user["email"].strip()
        if address and self.hits(self.share.people):
            row = add(user["first_name"], user["last_name"] + " (own)", self.spelled(address), None)
            self.person_of.setdefault(user["id"], row)
            if row and self.hits(self.share.spelled_twice):
                add(user["first_name"], "Twin", f"  {address} ", None)
            return
        if address and self.hits(2):
            name, _, host = address.partition("@")
            add(user["first_name"], "Dotted", f"{name[0]}.{name[1:]}@{host}", None)
        elif user["phone_number"] and self.hits(self.share.people_by_phone):
            try:
                self.person_of.setdefault(user["id"], add(user["first_name"], "By Phone", None if self.hits(50) else f"other.{user['id']}@studio.example", phone(user["phone_number"])))
            except Unlandable:
                pass  # with an extension, say: nobody found him by that

    def spelled(self, address):
        return self.chance.choice([address, address.upper(), address.title(), f" {address}", f"{address.capitalize()}  "])

    def coaches(self):
        table = Table("coaches", "id", "person_id", "short_name", "active")
        for profile in self.truth["employee_public_profiles"]:
            if self.hits(50):
                table.add(self.uuid(), None, self.chance.choice([profile["schedule_display_name"], profile["schedule_display_name"].lower() + " "]), self.hits(50))
        self.own_coaches = [table.add(self.uuid(), None, f"Own Coach {number}", True) for number in range(5)]
        return table

    def uuid(self):
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def classes(self):
        table = Table("classes", "id", "site_code", "kind", "label", "local_day", "local_start", "minutes", "seats", "lead_coach", "called_off")
        taken, number = set(), 0
        for session in self.truth["class_sessions"]:
            if not self.hits(self.share.classes) or not session["class_type_display"]:
                continue
            location = self.locations[session["location"]]
            local = datetime.fromisoformat(session["start_datetime"]).astimezone(ZoneInfo(location["timezone"]))
            key = (SITES[location["name"]][0], local.date(), local.time(), session["class_type_display"])
            if key in taken:
                continue
            taken.add(key)
            number += 1
            self.class_of[session["id"]] = table.add(number, key[0], "OTHER", key[3], key[1], key[2], 50, 12, self.chance.choice([None, *self.own_coaches]), False)
        self.first_own_class = number + 1
        for number in range(number + 1, self.sizes.classes + 1):
            table.add(number, self.chance.choice(["CHE", "BIS", "SHO", "HQ"]), self.chance.choice(["YOGA", "EVENT", "OTHER"]), f"Open Floor {number}",
                      (NOW - timedelta(days=self.chance.randrange(-60, 400))).date(), f"{self.chance.randrange(6, 22):02d}:15", 60, 20, self.chance.choice([None, *self.own_coaches]), self.hits(5))
        return table

    def bookings(self):
        table = Table("bookings", "id", "class_id", "person_id", "state", "source", "seat", "paid_with", "price_cents", "booked_at", "changed_at")
        taken, number = set(), 0
        for reservation in self.truth["reservations"]:
            person, lesson = self.person_of.get(reservation["user"]), self.class_of.get(reservation["class_session"])
            key = (lesson, person, reservation["creation_date"])
            if person is None or lesson is None or key in taken or not self.hits(self.share.bookings):
                continue
            taken.add(key)
            number += 1
            table.add(number, lesson, person, "BK", "unknown", None, None, 1900, reservation["creation_date"], NOW)
        for number in range(number + 1, self.sizes.bookings + 1):
            at = NOW - timedelta(days=self.chance.randrange(1, 500), seconds=number)  # no two alike
            table.add(number, self.chance.randrange(1, self.sizes.classes + 1), self.chance.randrange(1, self.count + 1), self.chance.choice(["BK", "AT", "CX", "LC", "NS", "WL"]),
                      self.chance.choice(["app", "web", "desk"]), None, "cash", self.chance.choice([None, 1900, 2500]), at, at)
        return table

    def plans(self):
        table = Table("plans", "id", "name", "family", "period_months", "price_cents", "currency")
        self.plan_of = {}
        for name in sorted({instance["membership_name"] for instance in self.truth["membership_instances"]}):
            self.plan_of[name] = table.add(len(table.rows) + 1, name, "unlimited" if "Unlimited" in name else "limited", "1.00", 10_000, "USD")
        table.add(len(table.rows) + 1, "Founders", "unlimited", None, 5000, "USD")
        return table

    def memberships(self):
        table = Table("memberships", "id", "instance_id", "person_id", "plan_id", "status", "begins", "ends", "renews_on", "mrr_cents")
        ids = iter(sorted(self.chance.sample(range(1, LAST_MEMBERSHIP), self.sizes.memberships - 1)) + [LAST_MEMBERSHIP])
        instances = iter([LAST_INSTANCE] + self.chance.sample(range(1, LAST_INSTANCE), self.sizes.memberships - 1))
        taken = set()
        for instance in self.truth["membership_instances"]:
            key = (self.person_of.get(instance["user"]), self.plan_of[instance["membership_name"]], instance["start_date"])
            if None in key or key in taken or not self.hits(self.share.memberships):
                continue
            taken.add(key)
            table.add(next(ids), next(instances), *key[:2], "live", key[2], None, None, 0)
        for id, instance in zip(ids, instances):
            begins = (NOW - timedelta(days=self.chance.randrange(1, 2000))).date()
            table.add(id, instance, self.chance.randrange(1, self.count + 1), len(self.plan_of) + 1, self.chance.choice(["live", "ended"]), begins, None, None, 5000)
        return table

    def sales(self):
        table = Table("sales", "id", "receipt", "person_id", "site_code", "sold_at", "gross_cents", "tax_cents", "refunded_cents", "currency")
        for order in self.truth["orders"]:
            if self.hits(self.share.sales):
                receipt = self.chance.choice([order["number"], order["number"].lower(), f" {order['number']}"])
                self.sale_of[order["id"]] = table.add(len(table.rows) + 1, receipt, None, None, order["date_placed"], 0, 0, 0, "USD")
        self.matched_sales = len(table.rows)
        for number in range(len(table.rows) + 1, self.sizes.sales + 1):
            table.add(number, f"T-{number}", self.chance.choice([None, self.chance.randrange(1, self.count + 1)]), self.chance.choice(["CHE", "HQ", None]),
                      NOW - timedelta(days=self.chance.randrange(1, 900)), self.chance.randrange(100, 90_000), 0, 0, "USD")
        return table

    def sale_items(self):
        """Hand-written lines, also on sales that are the vendor's, too: what is numbered from now on comes after them."""
        table = Table("sale_items", "sale_id", "line_no", "what", "category", "qty", "amount_cents")
        for sale in range(1, self.sizes.sales + 1):
            for line in range(1, self.chance.choice([1, 1, 2, 3]) + (sale > self.matched_sales)):
                table.add(sale, line, f"Tip {line}", "retail", 1, 100 * line)
        return table

    def tenders(self):
        table = Table("tenders", "id", "sale_id", "method", "amount_cents", "at")
        for sale in range(self.matched_sales + 1, self.sizes.sales + 1):
            table.add(len(table.rows) + 1, sale, self.chance.choice(["Cash", "Card"]), 1000, NOW - timedelta(days=3))
        return table

    def class_packs(self):
        table = Table("class_packs", "id", "person_id", "bought_sale", "size", "left_over", "expires_on")
        for number in range(1, self.sizes.sales // 6):
            table.add(number, self.chance.randrange(1, self.count + 1), self.chance.choice([None, number]), 10, self.chance.randrange(0, 10), None)
        return table
