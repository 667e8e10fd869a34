# SPDX-License-Identifier: Apache-2.0
"""The tables' owner plans and migrates; a role with just the rights that `migrate` names syncs, and nothing of others is called."""
import re
import tempfile
import unittest
from pathlib import Path

from acceptance.judge import Judge, Snapshot
from acceptance.world import FEW_OWN, FEW_ROWS, SYNCED, StudioProject, rejects, simulator, studio_database, truth
from support.checker import compare
from support.database import Database
from support.postgres import Postgres
from support.project import Project
from support.simulator import Simulator

# Names that our statements use, where somebody who may create in `public` can put functions and operators of their own.
EVIL = """create table public.called (what text); grant insert on public.called to public;
create function public.now() returns timestamptz language plpgsql as $$ begin insert into public.called values ('now'); return 'epoch'; end $$;
create function public.lower(varchar) returns text language plpgsql as $$ begin insert into public.called values ('lower'); return 'evil'; end $$;
create function public.btrim(text, varchar) returns text language plpgsql as $$ begin insert into public.called values ('btrim'); return 'evil'; end $$;
create function public.count(bigint) returns bigint language plpgsql as $$ begin insert into public.called values ('count'); return 0; end $$;
create function public.current_setting(varchar) returns text language plpgsql as $$ begin insert into public.called values ('current_setting'); return 'on'; end $$;
create table public.sync_log (mine integer); create table public.pg_class (mine integer)"""


class RestrictedRole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.stop)
        cls.simulator = Simulator(seed=37, rows={"reservations": 800, "users": 200}, rate=0, clock="2026-03-02T12:00:00Z")
        cls.addClassCleanup(cls.simulator.stop)

    def url_of_role(self, owner, role, migrated):
        """A new role with the rights that `migrate` has named, where somebody else has put functions of their own in the way."""
        grants = re.findall(r"GRANT [^;]* TO …;", migrated.stdout)
        self.assertGreater(len(grants), 4, migrated.stdout)
        owner.execute(f"create role {role} login; revoke create on schema public from public; " + " ".join(grant.replace("…", role) for grant in grants))
        owner.execute(EVIL)
        return owner.url.replace("//syncline@", f"//{role}@")

    def assert_nothing_was_called(self, owner):
        self.assertEqual(list(owner.rows("select distinct what from public.called")), [])

    # S-17: least privilege; a function in the public schema is not called
    def test_the_rights_that_migrate_names_are_enough_and_nothing_of_others_is_called(self):
        with tempfile.TemporaryDirectory(prefix="syncline-role-") as folder:
            owner = Database(self.postgres.create_database())
            owner.make_studio_app()
            project = Project(Path(folder) / "project", owner.url, self.simulator)
            migrated = project.run("migrate")
            self.assertEqual(migrated.code, 0, str(migrated))
            project.database_url = self.url_of_role(owner, "only_syncs", migrated)
            project.write_env(self.simulator.env)
            self.assertEqual(project.run("plan", "--check").code, 0)
            for arguments in ((), ("--full",)):
                ended = project.run("sync", "--json", *arguments)
                self.assertEqual(ended.code, 0, str(ended))
            self.assertEqual(sum(entity["updated"] + entity["inserted"] for entity in ended.document["entities"]), 0)
            self.assertEqual(compare(owner, lambda resource: self.simulator.truth(resource, "north")).differences, [])
            self.assert_nothing_was_called(owner)

            refused = project.run("migrate")
            self.assertEqual(refused.code, 0, "nothing is left to do, so nothing is asked for")

    # S-17: and so for all that a project may ask for: numbers, adoption, rows that wait, deletes of both kinds
    def test_the_rights_are_enough_for_numbers_adoption_rows_that_wait_and_deletes(self):
        with tempfile.TemporaryDirectory(prefix="syncline-role-") as folder, simulator(rows=FEW_ROWS) as vendor:
            owner = studio_database(self.postgres, truth(vendor), sizes=FEW_OWN)
            judge = Judge(Snapshot(owner, SYNCED), SYNCED)
            project = StudioProject(Path(folder) / "project", owner.url, vendor)
            url = self.url_of_role(owner, "syncs_a_studio", project.run("migrate"))
            env = project.folder / ".env"
            env.write_text(env.read_text().replace(owner.url, url))

            def sync(*arguments):
                ended = project.run("sync", "--json", *arguments)
                self.assertIn(ended.code, (10, 11), str(ended))  # of the studio's rows and the vendor's some do not fit
                return {entity["entity"]: entity for entity in ended.document["entities"]}, ended.document["run"]

            early, _ = sync("bookings", "sale_items", "memberships")  # before their parents
            for name, report in early.items():
                self.assertGreater(report["waiting"], 0, name)
            sync()
            for name in ("people", "classes", "bookings", "sales", "memberships"):
                self.assertGreater(int(owner.value(f"select count(*) from syncline.sync_adopted where entity = '{name}'")), 0, name)
            self.assertGreater(int(owner.value("select count(*) from studio.sale_items where mt_line_id is not null")), 0, "what has waited has landed, with numbers")
            judge.note(truth(vendor))
            for resource in ("users", "reservations", "order_lines"):
                vendor.mutate("hard_delete", tenant="north", resource=resource, count=2)
            last, run = sync("--full")
            for name in ("people", "bookings", "sale_items"):
                self.assertGreater(last[name]["deleted"], 0, name)
            verdict = judge.check(Snapshot(owner, SYNCED), truth(vendor), rejects(owner, run))
            self.assertEqual(verdict.differences, [], str(verdict))
            self.assert_nothing_was_called(owner)


if __name__ == "__main__":
    unittest.main()
