# SPDX-License-Identifier: Apache-2.0
"""What a person meets before anything is synced: `init`, wrong words, a project that is not filled in yet."""
import os
import shlex
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

from support import syncline
from support.database import Database

PLAIN = "sqlite:studio.db"


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="syncline-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def init(self, name="studio", *arguments, database=PLAIN, code=0):
        ended = syncline.run("init", self.folder / name, "--connector", "marianatek", *(["--database", database] if database else []), *arguments)
        self.assertEqual(ended.code, code, str(ended))
        return ended

    def project(self, env=""):
        self.init(database=None)
        (self.folder / "studio" / ".env").write_text(env)
        return self.folder / "studio"

    # init

    def test_init_lists_every_file_it_wrote(self):
        listed = self.init("studio", "--json").document["files"]
        there = [str(file.relative_to(self.folder / "studio")) for file in (self.folder / "studio").rglob("*") if file.is_file()]
        self.assertEqual(sorted(listed), sorted(there))
        self.assertIn(".env", listed)

    def test_nobody_else_can_read_the_secrets_whatever_the_umask(self):
        before = os.umask(0)
        try:
            self.init()
        finally:
            os.umask(before)
        self.assertEqual((self.folder / "studio" / ".env").stat().st_mode & 0o777, 0o600)

    def test_a_database_is_not_ignored_where_an_env_file_is_already(self):
        (self.folder / "studio").mkdir()
        (self.folder / "studio" / ".env").write_text("DATABASE_URL=sqlite:other.db\n")
        refused = self.init(code=20)
        self.assertIn("DATABASE_URL", refused.stderr)
        self.assertEqual([file.name for file in (self.folder / "studio").iterdir()], [".env"])
        self.init(database=None)
        self.assertEqual((self.folder / "studio" / ".env").read_text(), "DATABASE_URL=sqlite:other.db\n")

    def test_a_database_that_is_none_is_refused_before_anything_is_written(self):
        for url in ("mysql://user:secret@host/studio", "studio.db", "sqlite:a\nMT_API_KEY=b"):
            with self.subTest(url):
                self.assertNotIn("secret", self.init(database=url, code=20).stderr)
                self.assertFalse((self.folder / "studio").exists())

    def test_any_database_url_survives_the_env_file(self):
        for number, name in enumerate(("a b#c.db", "it's.db", 'quo"te\\.db')):
            with self.subTest(name):
                self.init(f"studio{number}", database=f"sqlite:{name}")
                self.assertEqual(syncline.run("lint", project=self.folder / f"studio{number}").code, 0)
                missing = syncline.run("plan", "--json", project=self.folder / f"studio{number}")
                self.assertIn(str(self.folder / f"studio{number}" / name).replace("\\", ""), missing.document["error"]["message"].replace("\\", ""))

    def test_the_next_steps_can_be_pasted_into_a_shell(self):
        said = self.init("it's my studio").stdout
        line = next(line for line in said.splitlines() if line.strip().startswith("cd "))
        self.assertEqual(shlex.split(line), ["cd", str(self.folder / "it's my studio")])
        there = subprocess.run(["bash", "-c", f"{line} && pwd"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(Path(there.strip()).resolve(), (self.folder / "it's my studio").resolve())

    def test_the_example_and_what_init_wrote_do_not_contradict_each_other(self):
        self.init()
        written = (self.folder / "studio" / ".env").read_text()
        (self.folder / "studio" / ".env").write_text(written + (self.folder / "studio" / ".env.example").read_text())
        linted = syncline.run("lint", project=self.folder / "studio")
        self.assertEqual(linted.code, 0, str(linted))

    # wrong words

    def test_a_wrong_word_gets_the_nearest_right_one(self):
        for words, expected in ((["synk"], "there is no command `synk`; did you mean `sync`?"), (["frobnicate"], "there is no command `frobnicate`; there are init, lint, plan"),
                                (["sync", "--dry-runn"], "`syncline sync` has no option --dry-runn; did you mean `--dry-run`?"),
                                (["sync", "--day=3"], "has no option --day; did you mean `--days`?"), (["--json", "sync"], "options stand behind the command: `syncline sync --json`"),
                                ([], "a command is missing; there are init, lint"), (["sync", "--days", "x"], "--days"),
                                (["sync", "--full", "--days", "3"], "--full"), (["simulate", "hubspot"], "marianatek")):
            with self.subTest(" ".join(words)):
                plain = syncline.run(*words, cwd=self.folder)
                self.assertEqual((plain.code, plain.stdout if "--json" not in words else ""), (20, ""), str(plain))
                self.assertIn(expected, plain.stderr)
                document = syncline.run(*words, *([] if "--json" in words else ["--json"]), cwd=self.folder).document
                self.assertEqual((document["exit"], document["error"]["code"]), (20, "usage"))
                self.assertTrue(document["error"]["message"])

    def test_a_number_that_is_none_is_named_with_what_to_write(self):
        for words, expected in ((["sync", "--allow-mass-delete", "x"], "--allow-mass-delete: `x` is not a number of rows; write 0 or more"),
                                (["sync", "--allow-mass-delete", "-1"], "`-1` is not a number of rows"), (["sync", "--allow-mass-delete"], "--allow-mass-delete needs a value: --allow-mass-delete N"),
                                (["sync", "--days", "99999"], "`99999` is not a number of days; write 0 to 36,500"), (["retry", "x"], "RUN: `x` is not a run's number; write 1 or more"),
                                (["retry", "0"], "`0` is not a run's number"), (["rejects", "x"], "`x` is not a run's number"), (["log", "9" * 30], "is not a run's number"),
                                (["log", "--limit", "0"], "`0` is not a number of entries; write 1 to 1,000,000"), (["simulate", "marianatek", "--seed", "-1"], "`-1` is not a seed; write 0 or more"),
                                (["simulate", "marianatek", "--rows", "user=3"], 'did you mean "users"?'), (["simulate", "marianatek", "--rows", "unicorns=3"], "there are locations, regions")):
            with self.subTest(" ".join(words)):
                ended = syncline.run(*words, cwd=self.folder)
                self.assertEqual((ended.code, ended.stdout), (20, ""), str(ended))
                self.assertIn(expected, ended.stderr)

    def test_the_help_shows_words_and_no_types(self):
        for command in ("sync", "log", "rejects", "retry"):
            with self.subTest(command):
                said = syncline.run(command, "--help").stdout
                for word in ("INT", "POSITIVE", "NONNEGATIVE"):
                    self.assertNotIn(word, said)

    def test_help_and_version_are_no_errors(self):
        for words in (["--help"], ["--version"], ["sync", "--help"]):
            ended = syncline.run(*words)
            self.assertEqual((ended.code, ended.stderr), (0, ""), str(ended))
            self.assertTrue(ended.stdout)

    # a project that is not filled in yet

    def test_a_placeholder_for_a_host_is_refused_before_anything_is_sent(self):
        for host in ("", "MT_HOST=studio.Example.COM", "MT_HOST=x.invalid"):
            with self.subTest(host):
                project = self.project(f"MT_API_KEY=k\n{host}\n")
                self.assertEqual(syncline.run("lint", project=project).code, 0)
                ended = syncline.run("sync", "--json", project=project)
                self.assertEqual((ended.code, ended.document["error"]["code"]), (20, "placeholder_host"), str(ended))
                self.assertRegex(ended.stderr, r"^syncline\.yaml:5:3: .*`studio` has no host of its own yet: " + (host[8:] or "MT_HOST-is-not-set.example"))
                shutil.rmtree(project)
        project = self.project("MT_API_KEY=k\nMT_BASE_URL=http://127.0.0.1:9\n")
        self.assertIn("database file", syncline.run("sync", project=project).stderr)

    # the database

    def test_a_database_file_that_is_not_there_is_named_with_the_next_step(self):
        project = self.project("MT_HOST=127.0.0.1\n")
        for command in ("plan", "migrate", "sync", "log"):
            with self.subTest(command):
                ended = syncline.run(command, project=project)
                self.assertEqual(ended.code, 20, str(ended))
                for part in (f"there is no database file {project}/studio.db", "DATABASE_URL", ".env", "make the file first"):
                    self.assertIn(part, ended.stderr)
        self.assertFalse((project / "studio.db").exists())

    def test_a_server_that_does_not_answer_is_told_of_with_the_setting_that_names_it(self):
        project = self.project("DATABASE_URL=postgresql://nobody@127.0.0.1:1/studio\nMT_HOST=127.0.0.1\n")
        for command in ("plan", "migrate", "sync", "log"):
            with self.subTest(command):
                ended = syncline.run(command, project=project)
                self.assertEqual(ended.code, 23, str(ended))
                self.assertRegex(ended.stderr, r"cannot connect to the database: .*; `database:` in syncline\.yaml names it, or DATABASE_URL in the environment or \.env")

    def test_a_file_that_is_no_database_is_a_setting_to_mend(self):
        project = self.project("MT_HOST=127.0.0.1\n")
        (project / "studio.db").write_text("a letter, and no database at all\n" * 100)
        for command in ("plan", "migrate", "sync", "log"):
            with self.subTest(command):
                ended = syncline.run(command, project=project)
                self.assertEqual(ended.code, 20, str(ended))
                self.assertIn("studio.db: file is not a database; `database:` must name a file that SQLite has made", ended.stderr)

    def test_a_project_without_entities_is_no_success(self):
        project = self.project("MT_HOST=127.0.0.1\n")
        shutil.rmtree(project / "entities")
        for command in ("lint", "plan", "migrate", "sync"):
            with self.subTest(command):
                ended = syncline.run(command, project=project)
                self.assertEqual(ended.code, 20, str(ended))
                self.assertIn(f"there are no entities/*.yaml in {project}, so there is nothing to sync", ended.stdout + ended.stderr)

    def test_a_database_another_program_is_writing_to_is_named_with_what_to_do(self):
        project = self.project("MT_HOST=127.0.0.1\n")
        file = project / "studio.db"
        Database(f"sqlite:{file}").make_studio_app()
        self.assertEqual(syncline.run("plan", project=project).code, 0)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("begin immediate")
            ended = syncline.run("migrate", project=project)
        self.assertEqual(ended.code, 23, str(ended))
        self.assertIn(f"another program is writing to {file}, or has left a transaction open: let it finish, and try again", ended.stderr)
        self.assertEqual(syncline.run("migrate", project=project).code, 0)


if __name__ == "__main__":
    unittest.main()
