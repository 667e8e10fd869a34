# SPDX-License-Identifier: Apache-2.0
"""Tests that hold for both databases: a mixin gives each test method a SQLite file and a PostgreSQL database with the studio app in it."""
import tempfile
import unittest
from pathlib import Path

from support.database import Database
from support.postgres import Postgres


class OnBothDatabases(unittest.TestCase):
    """Gives self.folder, and self.database(kind) for kind in KINDS."""

    KINDS = ("sqlite", "postgresql")

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls._databases = 0

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="syncline-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def database(self, kind, studio_app=True):
        """A new database of that kind."""
        type(self)._databases += 1
        name = f"studio{type(self)._databases}"
        if kind == "sqlite":
            database = Database(f"sqlite:{self.folder}/{name}.db")
            database.execute("select 1")
        else:
            self.postgres.create_database(name)
            database = Database(self.postgres.url(name))
        if studio_app:
            database.make_studio_app()
        return database
