# SPDX-License-Identifier: Apache-2.0
"""The tables' owner plans and migrates; a role with just the rights that `migrate` names syncs, and nothing of others is called."""
import re
import tempfile
import unittest
from pathlib import Path

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

    # S-17: least privilege; a function in the public schema is not called
    def test_the_rights_that_migrate_names_are_enough_and_nothing_of_others_is_called(self):
        with tempfile.TemporaryDirectory(prefix="syncline-role-") as folder:
            owner = Database(self.postgres.create_database())
            owner.make_studio_app()
            project = Project(Path(folder) / "project", owner.url, self.simulator)
            migrated = project.run("migrate")
            self.assertEqual(migrated.code, 0, str(migrated))
            grants = re.findall(r"GRANT [^;]* TO …;", migrated.stdout)
            self.assertGreater(len(grants), 4, migrated.stdout)
            owner.execute("create role only_syncs login; revoke create on schema public from public; " + " ".join(grant.replace("…", "only_syncs") for grant in grants))
            owner.execute(EVIL)

            project.database_url = owner.url.replace("//syncline@", "//only_syncs@")
            project.write_env(self.simulator.env)
            self.assertEqual(project.run("plan", "--check").code, 0)
            for arguments in ((), ("--full",)):
                ended = project.run("sync", "--json", *arguments)
                self.assertEqual(ended.code, 0, str(ended))
            self.assertEqual(sum(entity["updated"] + entity["inserted"] for entity in ended.document["entities"]), 0)
            self.assertEqual(compare(owner, lambda resource: self.simulator.truth(resource, "north")).differences, [])
            self.assertEqual(list(owner.rows("select distinct what from public.called")), [])

            refused = project.run("migrate")
            self.assertEqual(refused.code, 0, "nothing is left to do, so nothing is asked for")


if __name__ == "__main__":
    unittest.main()
