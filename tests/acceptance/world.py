# SPDX-License-Identifier: Apache-2.0
"""A vendor, a studio's database with rows of its own, and the project that joins them."""
import shutil
from collections import defaultdict
from pathlib import Path

from acceptance.judge import TABLES
from acceptance.studio import Sizes, Studio
from support import syncline
from support.database import Database
from support.ledger import own
from support.project import quoted
from support.simulator import Simulator

PROJECT = Path(__file__).with_name("project")
RESOURCES = ("locations", "users", "employees", "employee_public_profiles", "class_session_types", "class_sessions", "reservations", "membership_instances", "orders", "order_lines",
             "credit_transactions")
ROWS = {"users": 1200, "employees": 12, "employee_public_profiles": 12, "class_sessions": 500, "reservations": 3000, "membership_instances": 300, "membership_transactions": 600,
        "orders": 600, "order_lines": 1000, "credit_transactions": 1000}
# Of a world that many tests make anew.
FEW_ROWS = {"users": 150, "employees": 8, "employee_public_profiles": 8, "class_sessions": 90, "reservations": 400, "membership_instances": 60, "membership_transactions": 120, "orders": 120,
            "order_lines": 200, "credit_transactions": 200}
FEW_OWN = Sizes(people=300, memberships=120, bookings=600, classes=120, sales=100)
CLOCK = "2026-03-02T12:00:00Z"
ENDINGS = (0, 10, 11)  # all is right; some rows were rejected; some wait for their parents
SYNCED = tuple(name for name in TABLES if (PROJECT / "entities" / f"{name}.yaml").exists())
CHANGING = ["users", "employees", "employee_public_profiles", "class_session_types", "class_sessions", "reservations", "membership_instances", "orders", "order_lines", "credit_transactions"]


def simulator(seed=7, rows=None):
    return Simulator(seed=seed, rows=rows or ROWS, rate=0, clock=CLOCK)


def truth(vendor, tenant="north"):
    """Everything the vendor knows: resource → documents."""
    return {resource: list(vendor.truth(resource, tenant)) for resource in RESOURCES}


class StudioProject:
    """The folder a user has: copied from project/, with a .env that reaches the vendor."""

    def __init__(self, folder, database_url, vendor, tenant="north", change=lambda folder: None):
        self.folder, self.database_url = Path(folder), database_url
        shutil.copytree(PROJECT, self.folder)
        env = {name: value.replace("north", tenant) for name, value in vendor.env.items()}
        values = {"DATABASE_URL": database_url, "SYNCLINE_ALLOW_PRIVATE": "true", "MT_RATE": "100000/s", **env}
        (self.folder / ".env").write_text("".join(f"{name}={quoted(str(value))}\n" for name, value in values.items()))
        if database_url.startswith("sqlite:"):
            for file in (self.folder / "entities").glob("*.yaml"):
                file.write_text(file.read_text().replace("studio.", ""))
        change(self.folder)

    def run(self, *arguments, **options):
        return syncline.run(*arguments, project=self.folder, **options)

    def command(self, *arguments):
        return syncline.command(*arguments, project=self.folder)


def studio_database(postgres, documents, seed=1, sizes=None):
    """A new database with the studio's schema and rows."""
    database = Database(postgres.create_database())
    database.execute(Studio(documents, seed, sizes).sql())
    return database


def studio_file(folder, documents, seed=1, sizes=None):
    """The same as a SQLite file."""
    database = Database(f"sqlite:{folder}/studio.db")
    database.execute(Studio(documents, seed, sizes).sql("sqlite"))
    return database


def rejects(database, run=None, account="studio"):
    """(entity, external id) → set of (code, field); of one run, or of all. A row that waits for its parent has the code "waiting"."""
    result = defaultdict(set)
    for entity, key, field in database.rows(f"select entity, key, field from {own(database, 'sync_waiting')} where kind = 'row' and account = '{account}'"):
        result[entity, key].add(("waiting", field))
    for entity, key, code, field in database.rows(f"select entity, key, code, field from {own(database, 'sync_reject')} where account = '{account}'{f' and run = {run}' if run else ''}"):
        result[entity, key].add((code, field))
    return result
