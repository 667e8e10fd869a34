# SPDX-License-Identifier: Apache-2.0
"""A record that slips from one page to another while they are read, and a list that is read again until nothing new comes."""
import signal
import unittest

from support.background import Background
from support.databases import OnBothDatabases
from support.ledger import own
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor

SIZE = 10
PAGED = "{get: /people, records: {json: data}, paginate: {page: {param: page, size_param: size, size: 10, count: count}}, key: id}"
WHOLE = "{get: /people, records: {json: data}, key: id}"
ENTITY = """table: people
account: main
from: people
key: {column: crm_id, from: id}
fields: {name: name}
"""


class Passes(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.people, self.newest = list(range(1, 101)), 100
        self.slips_in = {}  # in which pass, after which page: the first record goes, and one comes last
        self.asked = []
        self.hangs_at = None
        self.vendor = ScriptedVendor(self.answer)
        self.addCleanup(self.vendor.stop)

    def answer(self, request):
        page = int(request.query.get("page", "1"))
        self.asked.append(page)
        if (self.asked.count(1), page) == self.hangs_at:
            return Answer(status=429, headers={"Retry-After": "300"})
        shown = self.people[(page - 1) * SIZE:page * SIZE]
        if self.slips_in.get(self.asked.count(1)) == page:
            self.newest += 1
            self.people = [*self.people[1:], self.newest]
        return Answer(body={"data": [{"id": id, "name": f"Person {id}"} for id in shown], "count": len(self.people)})

    def project(self, kind, more="", stream=PAGED):
        self.asked.clear()
        self.people, self.newest = list(range(1, 101)), 100
        database = self.database(kind)
        database.execute("create table people (id integer primary key, name text)" if kind == "sqlite" else "create table people (id bigint generated always as identity primary key, name text)")
        project = ScriptedProject(self.folder / f"project-{self._databases}", database.url, self.vendor.url, {"people": stream}, {"people": ENTITY + more})
        return project, database

    def migrated(self, kind, more=""):
        project, database = self.project(kind, more)
        self.assertEqual(project.run("migrate").code, 0)
        return project, database

    def sync(self, project, *words, code=0):
        ended = project.run("sync", "--json", *words)
        self.assertEqual(ended.code, code, str(ended))
        return ended.entity("people")

    def keys(self, database):
        return {int(row[0]) for row in database.rows("select crm_id from people where crm_id is not null")}

    # E1: one goes on a page that was read, one comes behind: the count is as it was, and the one that slid is seen by no page
    def test_what_slips_by_is_found_by_another_pass(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.slips_in = {1: 4}
                project, database = self.migrated(kind, "passes: 3\n")
                report = self.sync(project)
                self.assertTrue(report["complete"])
                self.assertEqual(report["note"], "weak pagination: read 3 times until nothing new came")
                self.assertEqual(self.keys(database), set(range(1, 102)), "41 slid, and 1 has gone")
                self.assertEqual((report["fetched"], report["inserted"], report["unchanged"]), (300, 101, 199))

    def test_one_pass_misses_it_until_all_is_read_again(self):
        self.slips_in = {1: 4}
        project, database = self.migrated("sqlite")
        self.assertTrue(self.sync(project)["complete"], "nothing that one pass sees tells")
        self.assertEqual(self.keys(database), set(range(1, 102)) - {41})
        self.sync(project, "--full")
        self.assertEqual(self.keys(database), set(range(1, 102)))

    def test_a_list_that_stands_still_is_read_twice(self):
        project, _ = self.migrated("sqlite", "passes: 9\n")
        self.assertEqual(self.sync(project)["note"], "weak pagination: read 2 times until nothing new came")
        self.assertEqual(self.asked, [*range(1, 11)] * 2)

    def test_a_list_that_changes_each_time_is_not_complete(self):
        self.slips_in = {1: 4, 2: 5, 3: 6}
        project, database = self.migrated("sqlite", "passes: 3\n")
        report = self.sync(project, code=11)
        self.assertIn("weak pagination: the list was read 3 times and changed each time", report["note"])
        self.assertEqual(database.value(f"select count(*) from {own(database, 'sync_checkpoint')} where complete_at is not null"), 0)

    # E1, E8: what an earlier run has read is read again, for its keys are not known any more
    def test_a_run_that_dies_in_the_second_pass_is_made_good(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.slips_in, self.hangs_at = {1: 4}, (2, 6)
                project, database = self.migrated(kind, "passes: 3\nbatch_rows: 50\n")
                with Background(project, "sync", "--json") as run:
                    run.until(lambda: int(database.value(f"select coalesce(max(fetched), 0) from {own(database, 'sync_log')}")) == 150, "the first pass and half of the second have landed")
                    run.signal(signal.SIGKILL)
                    run.end()
                self.hangs_at = None
                self.assertTrue(self.sync(project)["complete"])
                self.assertEqual(self.keys(database), set(range(1, 102)))

    def test_plan_says_which_lists_are_weak(self):
        words = "weak pagination: people is read by page numbers"
        for more, stream, told in (("", PAGED, True), ("passes: 2\n", PAGED, False), ("", WHOLE, False)):
            with self.subTest(more + stream):
                project, _ = self.project("sqlite", more, stream)
                self.assertEqual(words in project.run("plan").stdout, told)

    def test_a_list_that_is_not_paged_by_number_has_one_pass(self):
        project, _ = self.project("sqlite", "passes: 2\n", WHOLE)
        ended = project.run("lint")
        self.assertEqual(ended.code, 20)
        self.assertIn("entities/people.yaml:6:9: `people` is not paged by number, so one pass shows all of it; remove `passes`", ended.stdout + ended.stderr)


if __name__ == "__main__":
    unittest.main()
