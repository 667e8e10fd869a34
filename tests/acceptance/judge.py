# SPDX-License-Identifier: Apache-2.0
"""The independent judge of the studio's tables: what every mapped cell of every row must be, by the vendor's truth and the rows that were there.

It shares nothing with the program: what each column means is written down once more, by hand. When project/ changes its meaning, so must this.
A cell or row that is not as it must be is a difference, unless a reject says so and its reason is found to be true here, too.
"""
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/New_York")
PLACES = {"JPY": 0, "USD": 2, "GBP": 2, "EUR": 2}
KEEP = object()  # the source does not speak of it: whatever is there stays


class Unlandable(Exception):
    """This record cannot become a row: there must be a reject with this code."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


# --- how values are read

def text(value):
    return value


def filled(value):
    return value not in (None, "", []) and not (isinstance(value, str) and not value.strip())


def text_or_null(value):
    return value if filled(value) else None


def fold(value):
    """As natural keys and names are compared: without blanks around, small, dots kept. Only A to Z have small letters everywhere."""
    return None if value is None else "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in value.strip(" \t\n\r\v\f"))


def address(value):
    return value.strip() if filled(value) else None


def phone(value):
    """As E.164 writes it, of the United States where no country is named."""
    if not filled(value):
        return None
    digits = re.sub(r"[ \-./()]", "", value.strip().removeprefix("+"))
    if not digits.isdecimal():
        raise Unlandable("not_a_phone", f"{value!r} is no telephone number")
    if not value.strip().startswith("+"):
        exit = next((code for code in ("00", "011") if digits.startswith(code)), None)
        digits = digits.removeprefix(exit) if exit else "1" + digits[-10:] if len(digits) == 10 or len(digits) == 11 and digits[0] == "1" else ""
    if not 7 <= len(digits) <= 15 or digits[0] == "1" and len(digits) != 11:
        raise Unlandable("not_a_phone", f"{value!r} is no telephone number")
    return "+" + digits


def whole(value):
    if value is None:
        return None
    if Decimal(value) != int(Decimal(value)):
        raise Unlandable("too_precise", f"{value} is no integer")
    return int(Decimal(value))


def cents(value, currency):
    if value is None:
        return None
    if not filled(currency):
        raise Unlandable("missing_currency", f"{value!r} has no currency")
    try:
        amount = Decimal(str(value)).scaleb(PLACES[currency])
    except InvalidOperation:
        raise Unlandable("not_an_amount", f"{value!r} {currency!r} is no amount") from None
    if amount != amount.to_integral_value():
        raise Unlandable("too_precise", f"{value!r} {currency} has a fraction of a cent")
    return int(amount)


def instant(value):
    return None if value is None else datetime.fromisoformat(value).astimezone(timezone.utc)


def day(value, zone=HOME):
    """Of a date as it is, of a moment where the zone is."""
    if value is None:
        return None
    return date.fromisoformat(value) if len(value) == 10 else instant(value).astimezone(zone).date()


READ = {"text": str, "citext": lambda cell: cell.lower(), "id": str, "integer": int, "boolean": lambda cell: cell in ("t", "1"), "instant": instant, "date": date.fromisoformat,
        "time": time.fromisoformat, "number": int}


# --- what the studio calls things

STATES = {"pending": "BK", "check in": "AT", "standard cancel": "CX", "graced cancel": "CX", "class cancelled": "CX", "removed": "CX", "penalty cancel": "LC", "penalty removed": "LC",
          "penalty no show": "NS", "graced no show": "NS"}
MEMBERSHIP = {"active": "live", "frozen": "paused", "payment_failure": "past_due", "cancelled": "ended", "terminated": "ended", "done": "ended", "pending_start_date": "scheduled",
              "pending_customer_activation": "scheduled"}
HOMES = {"48717": "CHE", "48718": "BIS", "48720": "SHO"}


def among(words, value):
    if (value or "").strip().lower() not in words:
        raise Unlandable("unknown_value", f"{value!r} is not known")
    return words[value.strip().lower()]


def class_kind(session):
    name = (session["class_type_display"] or "").lower()
    for words, kind in ((("cycle", "spin"), "CYCLE"), (("strength", "hiit", "boxe"), "STRENGTH"), (("yoga",), "YOGA"), (("pilates",), "PILATES"), (("rental",), "RENTAL"), (("café",), "EVENT")):
        if any(word in name for word in words):
            return kind
    return "OTHER"


def booking_source(reservation):
    if reservation["reserved_for_guest"]:
        return "guest"
    for tag, source in (("1", "classpass"), ("2", "partner")):
        if tag in reservation["tags"]:
            return source
    if reservation["used_geo_checkin"]:
        return "app"
    if filled(reservation["broker"]):
        return "desk"
    return "web" if filled(reservation["membership_transactions"]) or filled(reservation["credit_transactions"]) else "unknown"


def paid_with(reservation):
    return "membership" if filled(reservation["membership_transactions"]) else "credits" if filled(reservation["credit_transactions"]) else "nothing"


def category(line):
    title = line["title"]
    for pattern, name in (("pack|credit|drop-in|comp class", "classes"), ("unlimited|month|weekly|annual|membership|pass|trial", "membership"), ("gift", "gift"), ("fee", "fee")):
        if re.search(pattern, title, re.IGNORECASE):
            return name
    return "retail"


# --- the tables

@dataclass
class Table:
    """columns: name → (kind, what it must be, given the world and the record). records: those of the truth that become rows, by external id.
    local: mapped to nothing, so never touched. numbered: given by the database once, above what was there, then for ever."""

    entity: str
    key: str
    records: object
    columns: dict
    adopt: list = field(default_factory=list)
    unique: list = field(default_factory=list)
    numbered: list = field(default_factory=list)
    relations: tuple = ()
    goes_without: str = ""  # a column that is null where another row has the value
    deletes: str = "ignore"  # or "hard", or the column that says when
    pk: tuple = ("id",)


def each_of(resource, wanted=lambda document: True):
    return lambda truth: [(document["id"], document) for document in truth[resource] if wanted(document)]


def is_grant(document):
    return document["remaining_credits_cache"] is not None


def profiles(truth):
    """A coach is known by the employee behind what the schedule shows."""
    return [(profile["employee"] or f"?{profile['id']}", profile) for profile in truth["employee_public_profiles"]]


def payments(truth):
    result = []
    for order in truth["orders"]:
        seen = Counter()
        for payment in order["payment_sources"] or []:
            parts = [order["id"], payment["label"], payment["date_created"]]
            seen[tuple(parts)] += 1
            key = ":".join(part.replace("\\", "\\\\").replace(":", "\\:") for part in [*parts, str(seen[tuple(parts)])])
            result.append((key, {**payment, "order": order["id"], "currency": order["currency"]}))
    return result


def plain(name, convert=text):
    return lambda world, document: convert(document[name])


def amount(name, currency="currency"):
    return lambda world, document: cents(document[name], document[currency])


def start_of(world, session):
    return instant(session["start_datetime"]).astimezone(ZoneInfo(world.location(session)["timezone"]))


def must(found, code, what):
    if found is None:
        raise Unlandable(code, what)
    return found


def booker(world, reservation):
    return must(world.parent("people", reservation["user"]) or world.person_with(reservation["guest_email"]), "waiting", "nobody booked it")


def coach_person(world, profile):
    employee = world.employee(profile["employee"])
    return KEEP if employee is None else world.parent("people", employee["user"])


def coach_active(world, profile):
    employee = world.employee(profile["employee"])
    return KEEP if employee is None else employee["is_active"]


def begins(world, membership):
    return must(day(membership["start_date"] or membership["purchase_date"]), "23502", "it begins never")


TABLES = {
    "people": Table("people", "mt_user_id", each_of("users"), {
        "given_name": ("text", plain("first_name")),
        "family_name": ("text", plain("last_name")),
        "email": ("citext", lambda world, user: (address(user["email"]) or "").lower() or None),
        "mobile": ("text", plain("phone_number", phone)),
        "born": ("date", plain("birth_date", day)),
        "home_site": ("text", lambda world, user: HOMES.get(user["home_location"])),
        "kind": ("integer", lambda world, user: 3 if user["is_staff"] else 1),
        "wants_mail": ("boolean", plain("marketing_opt_in")),
    }, adopt=[("email",), ("mobile",)], unique=[("email",)], goes_without="email", deletes="deleted_at"),
    "coaches": Table("coaches", "mt_employee_id", profiles, {
        "short_name": ("text", plain("schedule_display_name")),
        "active": ("boolean", coach_active),
        "person_id": ("id", coach_person),
    }, adopt=[("short_name",)], unique=[("short_name",)]),
    "classes": Table("classes", "mt_class_id", each_of("class_sessions"), {
        "site_code": ("text", lambda world, session: must(world.site(session["location_display"]), "relation_missing", "no such site")),
        "kind": ("text", lambda world, session: class_kind(session)),
        "label": ("text", lambda world, session: text_or_null(session["class_type_display"]) or "Class"),
        "local_day": ("date", lambda world, session: start_of(world, session).date()),
        "local_start": ("time", lambda world, session: start_of(world, session).time()),
        "minutes": ("integer", plain("duration", whole)),
        "seats": ("integer", plain("capacity", whole)),
        "lead_coach": ("id", lambda world, session: world.parent("coaches", (session["instructors"] or [None])[0]) if session["instructors"] else KEEP),
        "called_off": ("boolean", lambda world, session: filled(session["cancellation_datetime"]) or filled(session["archived_at"])),
    }, adopt=[("site_code", "local_day", "local_start", "label")], unique=[("site_code", "local_day", "local_start", "label")]),
    "bookings": Table("bookings", "mt_reservation_id", each_of("reservations"), {
        "class_id": ("id", lambda world, reservation: must(world.parent("classes", reservation["class_session"]), "waiting", "its class is not there")),
        "person_id": ("id", booker),
        "state": ("text", lambda world, reservation: among(STATES, reservation["status"])),
        "source": ("text", lambda world, reservation: booking_source(reservation)),
        "seat": ("text", plain("spot")),
        "paid_with": ("text", lambda world, reservation: paid_with(reservation)),
        "booked_at": ("instant", plain("creation_date", instant)),
        "changed_at": ("instant", plain("updated_datetime", instant)),
    }, relations=("class_id", "person_id"), adopt=[("class_id", "person_id", "booked_at")], unique=[("class_id", "person_id", "booked_at")], deletes="hard"),
    "memberships": Table("memberships", "mt_membership_id", each_of("membership_instances"), {
        "person_id": ("id", lambda world, membership: must(world.parent("people", membership["user"]), "waiting", "nobody has it")),
        "plan_id": ("id", lambda world, membership: must(world.plan(membership["membership_name"]), "relation_missing", "no such plan")),
        "status": ("text", lambda world, membership: among(MEMBERSHIP, membership["status"])),
        "begins": ("date", begins),
        "ends": ("date", plain("end_date", day)),
        "renews_on": ("date", plain("next_charge_date", day)),
        "mrr_cents": ("integer", amount("renewal_rate", "renewal_currency")),
    }, relations=("person_id", "plan_id"), adopt=[("person_id", "plan_id", "begins")], numbered=["id", "instance_id"]),
    "sales": Table("sales", "mt_order_id", each_of("orders"), {
        "receipt": ("text", plain("number")),
        "person_id": ("id", lambda world, order: world.parent("people", order["user"])),
        "site_code": ("text", lambda world, order: world.site(order["location"])),
        "sold_at": ("instant", plain("date_placed", instant)),
        "gross_cents": ("integer", amount("total")),
        "tax_cents": ("integer", amount("total_tax")),
        "refunded_cents": ("integer", amount("total_amount_refunded")),
        "currency": ("text", plain("currency")),
    }, relations=("person_id", "site_code"), adopt=[("receipt",)], unique=[("receipt",)]),
    "sale_items": Table("sale_items", "mt_line_id", each_of("order_lines"), {
        "sale_id": ("id", lambda world, line: must(world.parent("sales", line["order"]), "waiting", "its sale is not there")),
        "what": ("text", plain("title")),
        "category": ("text", lambda world, line: category(line)),
        "qty": ("integer", lambda world, line: 1),
        "amount_cents": ("integer", lambda world, line: cents(line["line_total"], must(world.order(line["order"]), "missing_currency", "its order is gone")["currency"])),
    }, numbered=["line_no"], relations=("sale_id",), pk=("sale_id", "line_no"), deletes="hard"),
    "tenders": Table("tenders", "mt_key", payments, {
        "sale_id": ("id", lambda world, payment: must(world.parent("sales", payment["order"]), "waiting", "its sale is not there")),
        "method": ("text", plain("label")),
        "amount_cents": ("integer", amount("amount_allocated")),
        "at": ("instant", plain("date_created", instant)),
    }, relations=("sale_id",), deletes="hard"),
    "class_packs": Table("class_packs", "mt_grant_id", each_of("credit_transactions", is_grant), {
        "person_id": ("id", lambda world, grant: must(world.parent("people", grant["user"]), "relation_missing", "nobody has it")),
        "size": ("integer", plain("transaction_amount", whole)),
        "left_over": ("integer", plain("remaining_credits_cache", whole)),
        "expires_on": ("date", plain("expiration_datetime", day)),
    }, relations=("person_id",), deletes="hard"),
}
OURS = {"synced_at", "sync_hash", "sync_xid"}  # beside the key: columns the program added, which nobody maps


class Snapshot:
    """All rows of a database's studio tables as texts; by table: primary key → {column: text or None}."""

    def __init__(self, database, tables):
        self.rows = {}
        for name in [*tables, "sites", "plans"]:
            columns = [row[0] for row in database.rows(f"select name from pragma_table_info('{name}')" if database.is_sqlite else
                                                       f"select attname from pg_attribute where attrelid = 'studio.{name}'::regclass and attnum > 0 and not attisdropped order by attnum")]
            pk = TABLES[name].pk if name in TABLES else ("code",) if name == "sites" else ("id",)
            quoted = ", ".join(f'"{column}"' for column in columns)
            self.rows[name] = {tuple(row[columns.index(part)] for part in pk): dict(zip(columns, row)) for row in self.texts(database, f"select {quoted} from {'' if database.is_sqlite else 'studio.'}{name}")}

    @staticmethod
    def texts(database, query):
        """SQLite gives types of its own, PostgreSQL texts."""
        return ([None if cell is None else str(cell) for cell in row] for row in database.rows(query))


class World:
    """What expected cells are looked up in: the truth, and the rows that are there now."""

    def __init__(self, truth, now):
        self._locations, self._employees, self._orders = ({document["id"]: document for document in truth[resource]} for resource in ("locations", "employees", "orders"))
        self._sites = {fold(row["title"]): code for (code,), row in now.rows["sites"].items()}
        self._plans = {fold(row["name"]): id for (id,), row in now.rows["plans"].items()}
        self._parents = {name: {row[TABLES[name].key]: row["id"] for row in now.rows[name].values() if row[TABLES[name].key]} for name in ("people", "coaches", "classes", "sales")}
        self._addresses = defaultdict(list)
        for row in now.rows["people"].values():
            if filled(row["email"]):
                self._addresses[fold(row["email"])].append(row["id"])

    def location(self, session):
        return self._locations[session["location"]]

    def employee(self, id):
        return self._employees.get(id)

    def order(self, id):
        return self._orders.get(id)

    def site(self, title):
        return self._sites.get(fold(title)) if filled(title) else None

    def plan(self, name):
        return self._plans.get(fold(name)) if filled(name) else None

    def parent(self, table, external):
        return None if external is None else self._parents[table].get(external)

    def person_with(self, email):
        found = self._addresses[fold(email)] if filled(email) else []
        if len(found) > 1:
            raise Unlandable("relation_ambiguous", f"several people have {email}")
        return found[0] if found else None


@dataclass
class Difference:
    table: str
    key: str
    column: str
    expected: object
    actual: object

    def __str__(self):
        return f"{self.table} {self.key}: {self.column} must be {self.expected!r}, is {self.actual!r}"


@dataclass
class Verdict:
    """explained: table → how many rows are not as the truth has them because of a reject whose reason is true;
    without: rows whose value another row has."""

    differences: list = field(default_factory=list)
    rows: int = 0
    cells: int = 0
    adopted: Counter = field(default_factory=Counter)
    explained: Counter = field(default_factory=Counter)
    without: int = 0

    def __str__(self):
        shown = "\n".join(map(str, self.differences[:25]))
        return f"{self.rows} rows, {self.cells} cells, adopted {dict(self.adopted)}, rejected {dict(self.explained)}, {self.without} without a taken value, {len(self.differences)} differences\n{shown}"


class Judge:
    """before: the Snapshot from before the first sync. Remembers which external id was given to which row, for that must never change."""

    def __init__(self, before, tables=tuple(TABLES)):
        self.before, self.tables, self.seen, self.identity, self.edits, self.landed = before, tables, defaultdict(dict), {}, [], defaultdict(set)

    def note(self, truth):
        """The vendor has changed, and what a run read of it before may be in the tables: every version of a record that was ever seen counts."""
        for name in self.tables:
            for key, record in TABLES[name].records(truth):
                versions = self.seen[name].setdefault(key, [])
                if record not in versions:
                    versions.append(record)

    def allow_edit(self, table, pk, column, value):
        """Somebody changed a row of the studio's own, or a column that is not mapped: from now on this is what must be there."""
        self.edits = [edit for edit in self.edits if edit[:3] != (table, pk, column)] + [(table, pk, column, value)]
        if pk in self.before.rows[table]:
            self.before.rows[table][pk][column] = value

    def go_on_from(self, quiet, is_foreign):
        """Others have worked on these tables, too, and have stopped: what is the studio's own is now as it is in this snapshot. Rows that are
        foreign are somebody else's to judge."""
        for name in self.tables:
            key, mapped = TABLES[name].key, TABLES[name].columns
            for pk, row in list(self.before.rows[name].items()):
                now = quiet.rows[name].get(pk)
                if now is None or is_foreign(now):
                    del self.before.rows[name][pk]
                else:
                    row.update((column, now[column]) for column in row if now[key] is None or column not in mapped)
        self.identity = {}

    def forget_row(self, table, pk):
        """Somebody deleted a row: the next one with its external id may be another."""
        self.before.rows[table].pop(pk, None)
        self.identity = {key: row for key, row in self.identity.items() if (key[0], row) != (table, pk)}

    def check(self, now, truth, rejects, strict=True):
        """now: a Snapshot; rejects: (entity, external id) → set of (code, field), those that count.

        strict: everything has been read again. Otherwise a record that has not changed was not, so what it points at may have come, gone or been
        renamed since, and its reject need not be true any more.
        """
        landed = {name: set(keys) for name, keys in self.landed.items()}
        self.note(truth)
        verdict, world = Verdict(), World(truth, now)
        for name in self.tables:
            OneTable(self, name, now, truth, rejects, world, verdict, strict, landed.get(name, set())).check()
        return verdict


class OneTable:
    def __init__(self, judge, name, now, truth, rejects, world, verdict, strict, landed):
        self.strict, self.judge, self.name, self.landed = strict, judge, name, landed
        self.table, self.world, self.verdict, self.rejects = TABLES[name], world, verdict, rejects
        self.now, self.before, self.records = now.rows[name], judge.before.rows[name], self.table.records(truth)
        self.at_vendor = {key for key, _ in self.records}

    def differs(self, key, column, expected, actual):
        self.verdict.differences.append(Difference(self.name, str(key), column, expected, actual))

    def check(self):
        by_key = self.rows_by_key()
        self.claims = self.natural_keys_of_records()
        self.owners = self.natural_keys_of_own_rows()
        for key, record in self.records:
            found = by_key.pop(key, None)
            wrong = self.wrong_cells(key, record, found)
            if wrong and all(self.goes_without(key, record, *cell) for cell in wrong):
                self.verdict.without += 1
                wrong = []
            if not wrong:
                self.verdict.rows += 1
                if self.strict and self.rejects_of(key):
                    self.differs(key, "(reject)", "none: it is as it must be", sorted(self.rejects_of(key)))
            elif self.reject_is_true(key, record):
                self.verdict.explained[self.name] += 1
            else:
                for column, expected, actual in wrong:
                    self.differs(key, column, expected, actual)
            if found:
                self.check_whose_row(key, found)
        self.check_what_is_gone(by_key)
        self.check_what_is_not_ours()

    def check_what_is_gone(self, rows):
        """What the vendor has deleted since: its row is left, marked or deleted, as the mapping says; a row that was never anybody's is wrong."""
        for key in rows:
            if key not in self.judge.seen[self.name]:
                self.differs(key, "(row)", "absent", "there")
        for key in self.landed - self.at_vendor if self.strict else ():
            found, deletes = rows.get(key), self.table.deletes
            if deletes == "hard" and found:
                self.differs(key, "(row)", "deleted, as at the vendor", "there")
            elif deletes != "hard" and not found and (self.name, key) in self.judge.identity:
                self.differs(key, "(row)", "there, although the vendor has deleted it", "missing")
            elif deletes not in ("hard", "ignore") and found and found[1][deletes] is None:
                self.differs(key, deletes, "when it was deleted", None)

    def goes_without(self, key, record, column, expected, actual):
        return column == self.table.goes_without and actual is None and self.is_taken(key, self.expected(record), (column,))

    def rows_by_key(self):
        result = {}
        for pk, row in self.now.items():
            key = row[self.table.key]
            if key is None:
                continue
            if key in result:
                self.differs(key, "(row)", "once", "more than once")
            result[key] = (pk, row)
        return result

    def expected(self, record):
        """What each column must be; Unlandable if one cannot be."""
        return {column: make(self.world, record) for column, (_, make) in self.table.columns.items()}

    def faults(self, record):
        """(code, column) of each column that cannot be."""
        found = set()
        for column, (_, make) in self.table.columns.items():
            try:
                make(self.world, record)
            except Unlandable as why:
                found.add((why.code, column))
        return found

    def wrong_cells(self, key, record, found):
        """(column, expected, actual) of what is not as it must be."""
        if key.startswith("?"):
            return [("(row)", "rejected: it has no external id", "?")]
        try:
            expected = self.expected(record)
        except Unlandable as why:
            if found and not self.strict:
                return []  # it could become a row when it was read
            return [("(row)", f"rejected: {why}", "there" if found else "missing")]
        if found is None:
            return [("(row)", "there", "missing")]
        wrong = []
        for column, (kind, _) in self.table.columns.items():
            cell = found[1][column]
            actual = None if cell is None else READ[kind](cell)
            self.verdict.cells += 1
            if expected[column] is KEEP or column in self.table.relations and not self.strict:
                continue
            if actual != expected[column]:
                wrong.append((column, expected[column], actual))
        return wrong

    # --- whose row it is

    def natural(self, cells, parts):
        """The values of a natural key as they are compared; None when one is not there."""
        values = []
        for part in parts:
            value = cells[part]
            if value is None or value is KEEP or not filled(value):
                return None
            values.append(fold(value) if isinstance(value, str) else value)
        return tuple(values)

    def natural_keys_of_records(self):
        """(parts, values) → external ids that name them."""
        result = defaultdict(set)
        for key, record in self.records if self.table.adopt else ():
            try:
                cells = self.expected(record)
            except Unlandable:
                continue
            for parts in self.table.adopt:
                values = self.natural(cells, parts)
                if values:
                    result[parts, values].add(key)
        return result

    def natural_keys_of_own_rows(self):
        """(parts, values) → primary keys of rows from before."""
        result = defaultdict(set)
        for pk, row in self.before.items():
            for parts in self.table.adopt:
                if any(part not in row for part in parts):
                    continue
                cells = {part: None if row[part] is None else READ[self.table.columns[part][0]](row[part]) for part in parts}
                values = self.natural(cells, parts)
                if values:
                    result[parts, values].add(pk)
        return result

    def candidates(self, record):
        """The rows from before that the first natural key with any finds, and how many records claim them."""
        cells = self.expected(record)
        for parts in self.table.adopt:
            values = self.natural(cells, parts)
            if values and self.owners.get((parts, values)):
                return self.owners[parts, values], len(self.claims[parts, values])
        return set(), 0

    def check_whose_row(self, key, found):
        pk, row = found
        known = self.judge.identity.setdefault((self.name, key), pk)
        if known != pk:
            self.differs(key, "(row)", f"the one with {known}", f"the one with {pk}")
        if pk in self.before:
            self.verdict.adopted[self.name] += 1
        self.judge.landed[self.name].add(key)
        if key not in self.landed:
            self.check_adoption(key, pk)
        if pk not in self.before and row.get(self.table.deletes) is not None and (self.name, pk, self.table.deletes) not in {edit[:3] for edit in self.judge.edits}:
            self.differs(key, self.table.deletes, None, row[self.table.deletes])
        for column in self.table.numbered:
            self.check_number(key, pk, row, column)

    def check_adoption(self, key, pk):
        """A row from before that is clearly this record's gets its external id; whatever else has it is a twin."""
        versions = self.judge.seen[self.name][key]
        candidates, claims = set(), 0
        for version in versions:
            try:
                found, claims = self.candidates(version)
            except (Unlandable, KeyError):
                return
            candidates |= found
        if len(versions) == 1 and len(candidates) == 1 and claims == 1 and pk not in candidates:
            self.differs(key, "(row)", f"adopted as {candidates}", f"a twin, {pk}")
        if pk in self.before and pk not in candidates and self.before[pk].get(self.table.key) is None:
            self.differs(key, "(row)", f"one of {candidates}", f"somebody else's row, {pk}")

    def check_number(self, key, pk, row, column):
        """Numbers that people gave are kept; new ones come after them."""
        if pk in self.before:
            return
        siblings = [own[column] for own in self.before.values() if self.name != "sale_items" or own["sale_id"] == row["sale_id"]]
        last = max(map(int, siblings), default=0)
        if int(row[column]) <= last:
            self.differs(key, column, f"more than {last}", row[column])

    # --- what nobody may touch

    def check_what_is_not_ours(self):
        for pk, row in self.before.items():
            now = self.now.get(pk)
            if now is None and self.was_deleted_as_adopted(pk):
                continue
            if now is None:
                self.differs(pk, "(row)", "there, as before the first sync", "missing")
                continue
            adopted = now[self.table.key] is not None
            for column, cell in row.items():
                if adopted and column in self.table.columns or column in OURS or column == self.table.key:
                    continue
                if column == self.table.deletes and adopted and now[self.table.key] not in self.at_vendor:
                    continue
                if now[column] != cell:
                    self.differs(pk, column, f"as it was: {cell!r}", now[column])
        for table, pk, column, value in self.judge.edits:
            if table == self.name and pk in self.now and self.now[pk][column] != value:
                self.differs(pk, column, f"as it was edited: {value!r}", self.now[pk][column])

    def was_deleted_as_adopted(self, pk):
        """Whether the row had been given to a record that the vendor has deleted since, and the mapping deletes, too."""
        if self.table.deletes != "hard":
            return False
        for key in self.judge.seen[self.name].keys() - self.at_vendor:
            if self.judge.identity.get((self.name, key)) == pk:
                return True
            for version in self.judge.seen[self.name][key]:
                try:
                    if pk in self.candidates(version)[0]:
                        return True
                except (Unlandable, KeyError):
                    pass
        return False

    # --- whether a reject is right

    def rejects_of(self, key):
        return self.rejects.get((self.table.entity, "" if key.startswith("?") else key), set())

    def reject_is_true(self, key, record):
        """Whether all that was said of the record is what is found to be wrong with it here, too."""
        said = self.rejects_of(key)
        return bool(said) and (not self.strict or said <= self.reasons(key, record))

    def reasons(self, key, record):
        """(code, field) of all that keeps the record from becoming a row."""
        if key.startswith("?"):
            return {("missing_key", self.table.key)}
        if found := self.faults(record):
            return found
        cells = self.expected(record)
        found |= {("23505", field) for parts in self.table.unique if self.is_taken(key, cells, parts) for field in self.names_of_unique(parts)}
        for parts in self.table.adopt:
            values = self.natural(cells, parts)
            if values and self.owners.get((parts, values)):
                if len(self.owners[parts, values]) > 1 or len(self.claims[parts, values]) > 1:
                    found.add(("adopt_ambiguous", ", ".join(parts)))
                break
        return found

    def names_of_unique(self, parts):
        """As PostgreSQL names a UNIQUE constraint, and as SQLite names its columns."""
        return f"{self.name}_{'_'.join(parts)}_key", ", ".join(parts)

    def is_taken(self, key, expected, parts):
        """Whether another row has these values, so that this one cannot."""
        if any(expected[part] is None for part in parts):
            return False
        for row in self.now.values():
            if row[self.table.key] != key and all(row[part] is not None and READ[self.table.columns[part][0]](row[part]) == expected[part] for part in parts):
                return True
        return False
