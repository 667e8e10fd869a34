# SPDX-License-Identifier: Apache-2.0
"""Pages are fetched while the database works, but never more of them than the bounded queue between the two holds."""
import json
import subprocess
import time
import unittest
from contextlib import ExitStack, contextmanager

from support.background import LOOK_AGAIN, Background
from support.databases import OnBothDatabases
from support.postgres import psql_command
from support.processes import die_with_parent
from support.scripted_project import ScriptedProject
from support.scripted_vendor import Answer, ScriptedVendor

PAGES, ROWS_OF_PAGE = 120, 50
QUEUE_BYTES = 3 << 20  # as docs/house.md says
ENTITY = f"""table: goods
account: main
from: goods
key: {{column: crm_id, from: id}}
fields: {{name: name}}
batch_rows: {ROWS_OF_PAGE}
stamp: false
"""
STREAM = f"{{get: /goods, records: {{json: data}}, paginate: {{page: {{param: page, size_param: size, size: {ROWS_OF_PAGE}, count: count}}}}, key: id}}"


class BackPressure(OnBothDatabases):
    def setUp(self):
        super().setUp()
        self.vendor = ScriptedVendor(self.answer)
        self.addCleanup(self.vendor.stop)

    @staticmethod
    def body(page):
        data = [{"id": f"{page}-{number}", "name": "n" * 1_280} for number in range(ROWS_OF_PAGE)]
        return json.dumps({"count": PAGES * ROWS_OF_PAGE, "data": data})

    def answer(self, request):
        return Answer(body=self.body(int(request.query["page"])))

    @contextmanager
    def locked(self, database):
        """Another session, which lets the table be read and not be written to."""
        with subprocess.Popen(psql_command(database.url, "--tuples-only", "--no-align"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent) as session:
            session.stdin.write("begin; lock table goods in share mode;\n\\echo locked\n")
            session.stdin.flush()
            if "locked\n" not in session.stdout:
                raise AssertionError("psql has ended")
            yield
            session.stdin.close()

    def asked(self):
        return len(self.vendor.requests)

    def standstill(self, run, seconds=0.7):
        """How many pages have been asked for when none has been for a while."""
        seen, since = self.asked(), time.monotonic()

        def still():
            nonlocal seen, since
            if self.asked() != seen:
                seen, since = self.asked(), time.monotonic()
            return time.monotonic() - since > seconds

        run.until(still, "no more pages are asked for")
        return seen

    # F12: somebody else has locked the table
    def test_pages_are_fetched_while_the_database_waits_and_no_more_than_the_queue_holds(self):
        database = self.database("postgresql", studio_app=False)
        database.execute("create table goods (id bigserial primary key, name text)")
        project = ScriptedProject(self.folder / "goods", database.url, self.vendor.url, {"goods": STREAM}, {"goods": ENTITY})
        migrated = project.run("migrate")
        self.assertEqual(migrated.code, 0, str(migrated))
        fits = QUEUE_BYTES // len(self.body(1))
        self.assertLess(fits + 10, PAGES)
        waits = "select count(*) from pg_locks where relation = 'goods'::regclass and not granted"
        lock = ExitStack()
        self.addCleanup(lock.close)
        lock.enter_context(self.locked(database))
        with Background(project, "sync", "--json") as run:
            run.until(lambda: int(database.value(waits)) > 0, "the first transaction waits for the table")
            run.until(lambda: self.asked() > fits // 2, "fetching goes on meanwhile")
            asked = self.standstill(run)
            self.assertEqual(int(database.value("select count(*) from goods")), 0)
            lock.close()
            ended, _ = run.end()
        # One page is being written, and one is there that does not fit into the queue.
        self.assertLessEqual(asked, fits + 2)
        self.assertEqual(ended.code, 0, str(ended))
        self.assertEqual(self.asked(), PAGES)
        self.assertEqual(int(database.value("select count(distinct crm_id) from goods")), PAGES * ROWS_OF_PAGE)


if __name__ == "__main__":
    unittest.main()
