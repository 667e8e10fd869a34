# SPDX-License-Identifier: Apache-2.0
"""tools/lib.sh: how missing packages are found and installed, with a package manager that is only played."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

LIB = Path(__file__).resolve().parents[2] / "tools" / "lib.sh"


class Machine:
    """A PATH whose first folder plays dpkg-query, apt-get, id and sudo; what apt-get is asked for ends in a log, and is then installed."""

    def __init__(self, folder, installed, user=0, apt="works"):
        self.folder, self.log = Path(folder), Path(folder) / "log"
        self.log.touch()
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in installed))
        (self.folder / "bin").mkdir()
        self.command("dpkg-query", 'shift 3; for name in "$@"; do grep -qx -- "$name" "$MACHINE/installed" && echo "ii  $name"; done; exit 1')
        self.command("id", f"echo {user}")
        install = 'for word in "$@"; do case "$word" in -*) ;; *) echo "$word" >>"$MACHINE/installed";; esac; done'
        self.command("apt-get", {"works": f'echo "apt-get $*" >>"$MACHINE/log"; {install}', "fails": 'echo "E: no network"; exit 100', "lies": "exit 0"}[apt])
        self.command("mkdir", "true")  # the server's settings are not the business of these tests

    def command(self, name, body):
        file = self.folder / "bin" / name
        file.write_text(f"#!/bin/bash\n{body}\n")
        file.chmod(0o755)

    def need(self, *groups, path=None):
        environment = dict(os.environ, MACHINE=str(self.folder), PATH=f"{self.folder}/bin:{path or os.environ['PATH']}")
        # The places of the packages' settings are replaced, so that a test never writes outside its own.
        script = f'source <(sed "s|/etc/postgresql-common/createcluster.d|{self.folder}|; s|/usr/sbin/policy-rc.d|{self.folder}/policy-rc.d|; s|\\${{BASH_SOURCE\\[0\\]}}|{LIB}|" {LIB}); need {" ".join(groups)}'
        return subprocess.run(["bash", "-c", script, "tools/build"], env=environment, capture_output=True, text=True)


def packages(*groups):
    lines = (LIB.parent / "packages.txt").read_text().splitlines()
    return sorted({name for line in lines if line.split()[0] in groups for name in line.split()[1:]})


class Packages(unittest.TestCase):
    def machine(self, installed, **options):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Machine(folder.name, installed, **options)

    def test_nothing_is_asked_for_when_all_is_there(self):
        machine = self.machine(packages("build", "test"))
        ended = machine.need("build", "test")
        self.assertEqual((ended.returncode, ended.stderr, machine.log.read_text()), (0, "", ""))

    def test_only_what_is_missing_is_installed_and_a_second_call_does_nothing(self):
        machine = self.machine(set(packages("build", "test")) - {"mold", "postgresql-15"})
        self.assertEqual(machine.need("build", "test").returncode, 0)
        update, install = machine.log.read_text().splitlines()
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith(" install -y --no-install-recommends mold postgresql-15"), install)
        machine.log.write_text("")
        self.assertEqual(machine.need("build", "test").returncode, 0)
        self.assertEqual(machine.log.read_text(), "")
        self.assertFalse((machine.folder / "syncline.conf").exists(), "PostgreSQL's settings are left as they were")

    def test_no_installed_server_starts_by_itself(self):
        machine = self.machine(set(packages("test")) - {"pgbouncer"})
        machine.command("apt-get", f'"$MACHINE/policy-rc.d" >>"$MACHINE/log" 2>&1; echo "policy says $?" >>"$MACHINE/log"; for word in "$@"; do echo "$word" >>"$MACHINE/installed"; done')
        self.assertEqual(machine.need("test").returncode, 0)
        self.assertEqual(machine.log.read_text().splitlines()[-1], "policy says 101")
        self.assertFalse((machine.folder / "policy-rc.d").exists(), "the machine's policy is left as it was")

    def test_without_root_sudo_is_used(self):
        machine = self.machine(set(packages("build")) - {"mold"}, user=1000)
        machine.command("sudo", 'echo sudo >>"$MACHINE/log"; exec "$@"')
        self.assertEqual(machine.need("build").returncode, 0)
        self.assertEqual(machine.log.read_text().splitlines()[0], "sudo")

    def test_with_neither_root_nor_sudo_the_missing_packages_are_named(self):
        machine = self.machine(set(packages("build")) - {"mold"}, user=1000)
        tools = machine.folder / "tools"
        os.mkdir(tools)
        for name in ("bash", "awk", "sort", "comm", "dirname", "sed", "grep", "cat"):
            os.symlink(f"/usr/bin/{name}", tools / name)
        ended = machine.need("build", path=tools)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("root or with sudo: mold", ended.stderr)

    def test_a_failing_package_manager_is_quoted(self):
        ended = self.machine(set(packages("build")) - {"mold"}, apt="fails").need("build")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("E: no network", ended.stderr)
        self.assertIn("could not install: mold", ended.stderr)

    def test_a_package_manager_that_only_says_yes_is_not_believed(self):
        ended = self.machine(set(packages("build")) - {"mold"}, apt="lies").need("build")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("still missing: mold", ended.stderr)


if __name__ == "__main__":
    unittest.main()
