# SPDX-License-Identifier: Apache-2.0
"""The independent judge: are the studio's tables, cell by cell, what the vendor's truth says?

It shares nothing with the program: what each column should hold is written down here once more, by hand, in TABLES. When the entity files of
connectors/marianatek/project/ change their meaning, so must this.
"""
import json
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

STATUS = {"pending": "booked", "check in": "attended", "standard cancel": "cancelled", "graced cancel": "cancelled", "class cancelled": "cancelled", "removed": "cancelled",
          "penalty cancel": "late_cancelled", "penalty removed": "late_cancelled", "penalty no show": "no_show", "graced no show": "no_show"}


class Unlandable(Exception):
    """This resource cannot become a row: the program must have stored a reject instead."""


class Resource:
    """One line of the truth: id, attributes and the ids of relations, side by side."""

    def __init__(self, document):
        self.id, self._document = document["id"], document

    def get(self, name):
        return self._document.get(name)

    def related(self, name):
        """The id of a relation to one; a list of ids of a relation to many; None when empty."""
        return self._document.get(name)


# What a source value becomes. All take and give None for null, and raise Unlandable for what the column cannot honestly hold.

def text(value):
    if value is None:
        return None
    result = value if isinstance(value, str) else json.dumps(value)
    if "\0" in result:
        raise Unlandable(f"{result!r} holds a NUL")
    return result


def text_or_null(value):
    return text(value) if text(value) and text(value).strip() else None


def email(value):
    """Trimmed, in its own case; blank is null."""
    address = text_or_null(value)
    if address is None:
        return None
    address = address.strip()
    name, at, host = address.partition("@")
    if not (name and at and host) or "@" in host or any(character.isspace() for character in address):
        raise Unlandable(f"{value!r} is no e-mail address")
    return address


def integer(value):
    if value is None:
        return None
    try:
        result = int(value)
    except ValueError:
        raise Unlandable(f"{value!r} is no integer") from None
    if result != Decimal(value) or not -2**63 <= result < 2**63:
        raise Unlandable(f"{value!r} is no integer of 64 bits")
    return result


def boolean(value):
    words = {"true": True, "t": True, "yes": True, "1": True, "false": False, "f": False, "no": False, "0": False}
    if value is not None and str(value).lower() not in words:
        raise Unlandable(f"{value!r} is neither true nor false")
    return None if value is None else words[str(value).lower()]


def cents(value):
    """Dollars to cents, exactly; a fraction of a cent or a text that is no amount cannot land."""
    if value is None:
        return None
    digits = str(value).strip().replace("$", "").replace(",", "")
    if digits.startswith("(") and digits.endswith(")"):
        digits = "-" + digits[1:-1]
    try:
        result = Decimal(digits) * 100
    except InvalidOperation:
        raise Unlandable(f"{value!r} is no amount") from None
    if result != result.to_integral_value():
        raise Unlandable(f"{value!r} has a fraction of a cent")
    return int(result)


def instant(value):
    """A moment in UTC to the microsecond; finer digits are cut."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unlandable(f"{value!r} is no moment") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def local_day(value, zone):
    moment = instant(value)
    return moment and moment.astimezone(ZoneInfo(zone)).date().isoformat()


def status(value):
    known = STATUS.get((value or "").strip().lower())
    if known is None:
        raise Unlandable(f"status {value!r} is outside the map")
    return known


def booking_source(resource):
    filled = lambda value: value not in (None, "", [])
    if str(resource.get("reserved_for_guest")).lower() == "true":
        return "guest"
    if filled(resource.related("membership_transactions")):
        return "membership"
    return "credits" if filled(resource.related("credit_transactions")) else "direct"


def folded(address):
    """As e-mails are compared."""
    return (address or "").strip().lower()


class Parents:
    """Rows of the user's tables that relations point at, as they are in the database now."""

    def __init__(self, database):
        self._database, self._by_external, self._by_email = database, {}, None

    def by_external(self, table, key_column, external):
        if table not in self._by_external:
            self._by_external[table] = {str(key): str(id) for key, id in self._database.rows(f"select {key_column}, id from {table} where {key_column} is not null")}
        return None if external is None else self._by_external[table].get(str(external))

    def by_email(self, address):
        """The customer with this e-mail, among them the app's own; None when nobody or more than one has it."""
        if self._by_email is None:
            self._by_email = {}
            for id, stored in self._database.rows("select id, email from customers"):
                self._by_email.setdefault(folded(stored), []).append(str(id))
        found = self._by_email.get(folded(address), []) if folded(address) else []
        return found[0] if len(found) == 1 else None


def customer_of(resource, parents):
    return parents.by_external("customers", "mt_user_id", resource.related("user")) or parents.by_email(resource.get("guest_email"))


def class_of(resource, parents):
    found = parents.by_external("classes", "mt_class_id", resource.related("class_session"))
    if found is None:
        raise Unlandable("its class is not there")
    return found


@dataclass
class Table:
    """columns: name → (kind, what it should hold, given resource, parents and the studio's zone). The kind says how a stored cell is read."""

    resource: str
    key: str
    columns: dict
    wanted: object = field(default=lambda resource: True)


def attribute(name, convert):
    return lambda resource, parents, zone: convert(resource.get(name))


TABLES = {
    "customers": Table("users", "mt_user_id", {
        "first_name": ("text", attribute("first_name", text)),
        "last_name": ("text", attribute("last_name", text)),
        "email": ("text", attribute("email", email)),
        "phone": ("text", attribute("phone_number", text_or_null)),
        "balance_cents": ("integer", attribute("account_balance", cents)),
        "marketing_opt_in": ("boolean", attribute("marketing_opt_in", boolean)),
    }),
    "locations": Table("locations", "mt_location_id", {
        "name": ("text", attribute("name", text)),
        "time_zone": ("text", attribute("timezone", text)),
        "city": ("text", attribute("city", text_or_null)),
        "currency": ("text", attribute("currency_code", text)),
    }),
    "class_types": Table("class_session_types", "mt_class_type_id", {
        "name": ("text", attribute("name", text)),
        "minutes": ("integer", attribute("duration", integer)),
        "bookable": ("boolean", attribute("enabled", boolean)),
    }),
    "classes": Table("class_sessions", "mt_class_id", {
        "starts_at": ("instant", attribute("start_datetime", instant)),
        "class_day": ("text", lambda resource, parents, zone: local_day(resource.get("start_datetime"), zone)),
        "seats": ("integer", attribute("capacity", integer)),
        "instructors": ("json", attribute("instructor_names", lambda value: value)),
        "class_type_id": ("id", lambda resource, parents, zone: parents.by_external("class_types", "mt_class_type_id", resource.related("class_session_type"))),
        "location_id": ("id", lambda resource, parents, zone: parents.by_external("locations", "mt_location_id", resource.related("location"))),
    }),
    "bookings": Table("reservations", "mt_reservation_id", {
        "source_updated_at": ("instant", attribute("updated_datetime", instant)),
        "booked_at": ("instant", attribute("creation_date", instant)),
        "cancelled_at": ("instant", attribute("cancel_date", instant)),
        "status": ("text", attribute("status", status)),
        "source": ("text", lambda resource, parents, zone: booking_source(resource)),
        "guest_email": ("text", attribute("guest_email", email)),
        "customer_id": ("id", lambda resource, parents, zone: customer_of(resource, parents)),
        "class_id": ("id", lambda resource, parents, zone: class_of(resource, parents)),
    }, wanted=lambda resource: resource.get("reservation_type") in ("standard", "standby")),
}

# How a stored cell is read back, from SQLite's own types and from PostgreSQL's texts alike.
READ = {
    "text": lambda cell: cell,
    "id": str,
    "integer": int,
    "boolean": lambda cell: {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}[str(cell).lower()],
    "instant": instant,  # without a zone, as SQLite may hold it, it is UTC
    "json": json.loads,
}


@dataclass
class Difference:
    table: str
    key: str
    column: str
    expected: object
    actual: object

    def __str__(self):
        return f"{self.table} {self.key}: {self.column} should be {self.expected!r}, is {self.actual!r}"


@dataclass
class Comparison:
    """rows, cells: how many were compared; unlandable: resource ids by table that cannot have become rows."""

    differences: list = field(default_factory=list)
    rows: int = 0
    cells: int = 0
    unlandable: dict = field(default_factory=dict)


def stored(kind, cell):
    """A cell of the database; the cell itself when it cannot even be read as its kind."""
    if cell is None:
        return None
    try:
        return READ[kind](cell)
    except (Unlandable, ValueError, KeyError, TypeError):
        return cell


def compare(database, truth, tables=None, zone="America/Chicago"):
    """Compares these tables (all of TABLES) of a support.database.Database with truth(resource), an iterable of JSON:API resources."""
    result, parents = Comparison(), Parents(database)
    for name in tables or TABLES:
        compare_table(result, name, database, (Resource(document) for document in truth(TABLES[name].resource)), parents, zone)
    for difference in result.differences[:20]:
        print(difference, file=sys.stderr)
    if len(result.differences) > 20:
        print(f"… and {len(result.differences) - 20} more differences", file=sys.stderr)
    return result


def compare_table(result, name, database, resources, parents, zone):
    table = TABLES[name]
    actual, result.unlandable[name] = {}, []
    for key, *cells in database.rows(f"select {table.key}, {', '.join(table.columns)} from {name} where {table.key} is not null"):
        if str(key) in actual:
            result.differences.append(Difference(name, str(key), "(row)", "once", "more than once"))
        actual[str(key)] = cells
    for resource in resources:
        if not table.wanted(resource):
            continue
        try:
            expected = [make(resource, parents, zone) for _, make in table.columns.values()]
        except Unlandable:
            result.unlandable[name].append(resource.id)
            continue
        cells = actual.pop(str(resource.id), None)
        if cells is None:
            result.differences.append(Difference(name, resource.id, "(row)", "there", "missing"))
            continue
        result.rows += 1
        for (column, (kind, _)), should_be, cell in zip(table.columns.items(), expected, cells):
            result.cells += 1
            if stored(kind, cell) != should_be:
                result.differences.append(Difference(name, resource.id, column, should_be, stored(kind, cell)))
    result.differences += [Difference(name, key, "(row)", "absent", "there") for key in actual]
