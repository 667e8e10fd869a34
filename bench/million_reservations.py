# SPDX-License-Identifier: Apache-2.0
"""million_reservations.py [ROWS]: how fast, and in how much memory, a million simulated reservations reach SQLite and PostgreSQL.

Whole line, from HTTP to commit, with each database's default durability: a first sync, then everything read again unchanged. A line a case:
name, rows a second, peak memory of the sync process. The simulator and the database run on the same processors.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("SYNCLINE", str(ROOT / "build/release/syncline"))
sys.path.insert(0, str(ROOT / "tests"))
from support import syncline  # noqa: E402
from support.database import Database  # noqa: E402
from support.postgres import Postgres  # noqa: E402
from support.project import Project  # noqa: E402
from support.simulator import Simulator  # noqa: E402

MEMORY_MAX_MIB = 48


def measured(command):
    """Runs a command; its seconds, its peak memory in MiB, its JSON report."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=syncline.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}: {out.decode()[:2000]}")
    return time.monotonic() - started, usage.ru_maxrss / 1024, json.loads(out)


def line(name, rows, seconds, mib):
    verdict = "ok" if mib <= MEMORY_MAX_MIB else "short"
    print(f"{name:32} {rows / seconds:10,.0f} rows/s   peak {mib:5.1f} MiB (at most {MEMORY_MAX_MIB}) {verdict}", flush=True)
    return verdict == "ok"


def bench(kind, url, simulator, folder, rows):
    database = Database(url)
    database.make_studio_app()
    project = Project(folder / kind, url, simulator)
    for command in (("migrate",), ("sync", "customers", "locations", "class_types", "classes")):
        ended = project.run(*command)
        if ended.code != 0:
            raise SystemExit(str(ended))
    good = True
    for name, words in (("first", []), ("unchanged", ["--full"])):
        seconds, mib, report = measured(project.command("sync", "reservations", "--json", *words))
        entity = report["entities"][0]
        if entity["fetched"] != rows or (name == "unchanged" and entity["inserted"] + entity["updated"] != 0):
            raise SystemExit(f"{kind} {name}: {entity}")
        good &= line(f"{kind}, {name}", rows, seconds, mib)
    return good


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as folder, Simulator(seed=1, profile="studio", rows={"reservations": rows}, rate=0, clock="2026-03-02T12:00:00Z") as simulator:
        folder, good = Path(folder), True
        good &= bench("sqlite", f"sqlite:{folder}/studio.db", simulator, folder, rows)
        with Postgres({"fsync": "on"}) as postgres:
            good &= bench("postgresql", postgres.create_database(), simulator, folder, rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
