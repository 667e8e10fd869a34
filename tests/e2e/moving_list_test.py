# SPDX-License-Identifier: Apache-2.0
"""A list that moves while its pages are read, for entities that delete nothing: what was missed is noticed, told, and read again."""
import signal
import unittest

from support.background import Background
from support.databases import OnBothDatabases
from support.ledger import own
from support.project import Project
from support.scripted_vendor import Answer, ScriptedVendor


class MovingList(OnBothDatabases):
    SIZE = 10

    def setUp(self):
        super().setUp()
        self.people = list(range(1, 101))
        self.moves_after = None  # the page after which a row comes first, and the last one goes
        self.hangs_at = None
        self.vendor = ScriptedVendor(self.answer)
        self.addCleanup(self.vendor.stop)

    def answer(self, request):
        page = int(request.query.get("page", "1"))
        if page == self.hangs_at:
            return Answer(status=429, headers={"Retry-After": "300"})
        shown = self.people[(page - 1) * self.SIZE:page * self.SIZE]
        if page == self.moves_after:
            self.moves_after = None
            self.people = [0, *self.people[:-1]]
        users = [{"type": "users", "id": str(id), "attributes": {"first_name": "A", "last_name": "B", "email": f"a{id}@example.com", "phone_number": "", "account_balance": 0,
                                                                  "marketing_opt_in": True}} for id in shown]
        return Answer(body={"data": users, "meta": {"pagination": {"count": len(self.people), "pages": 10, "page": page, "per_page": self.SIZE}}},
                      headers={"Content-Type": "application/vnd.api+json"})

    def project(self, kind, more=""):
        database = self.database(kind)
        project = Project(self.folder / f"project-{self._databases}", database.url)
        project.write_env({"MT_API_KEY": "key", "MT_BASE_URL": self.vendor.url})
        with open(project.folder / "entities/customers.yaml", "a", encoding="utf-8") as file:
            file.write(more)
        self.assertEqual(project.run("migrate").code, 0)
        return project, database

    def sync(self, project, code):
        ended = project.run("sync", "customers", "--json")
        self.assertEqual(ended.code, code, str(ended))
        return ended.entity("customers")

    def keys(self, database):
        return {int(row[0]) for row in database.rows("select mt_user_id from customers where mt_user_id is not null")}

    # E1: rows move between pages while the list is read
    def test_a_hundred_declared_and_ninety_nine_different_are_not_complete(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.people, self.moves_after = list(range(1, 101)), 4
                project, database = self.project(kind)
                report = self.sync(project, code=11)
                self.assertFalse(report["complete"])
                self.assertIn("the source declared 100 records and 99 different ones came, as 1 came twice: the list moved while it was read", report["note"])
                self.assertIn("; the next run reads it again", report["note"])
                self.assertEqual(self.keys(database), set(range(1, 100)))
                self.assertTrue(self.sync(project, code=0)["complete"])
                self.assertEqual(self.keys(database), set(range(0, 100)), "what was missed has landed")

    # E1, E8: the second half is read by another run, which does not know the keys of the first
    def test_a_sweep_that_has_shown_a_record_twice_is_not_gone_on_with(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.people, self.moves_after, self.hangs_at = list(range(1, 101)), 2, 6
                project, database = self.project(kind, "batch_rows: 50\n")
                with Background(project, "sync", "customers", "--json") as run:
                    run.until(lambda: int(database.value(f"select coalesce(max(fetched), 0) from {own(database, 'sync_log')}")) == 50, "five pages have landed")
                    run.signal(signal.SIGKILL)
                    run.end()
                self.hangs_at = None
                report = self.sync(project, code=0)
                self.assertEqual(report["fetched"], 100, "it begins anew")
                self.assertEqual(self.keys(database), set(range(0, 100)))


if __name__ == "__main__":
    unittest.main()
