# SPDX-License-Identifier: Apache-2.0
"""load_sqlite.py [ROWS]: the whole line from HTTP to commit into an SQLite file, beside a bare loop of prepared upserts (sqlite_line.cpp) on the same pages.

Both are measured in this run, in turns, so a ratio speaks of this machine at this hour. A line a target: name, value, target, ok or short.
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import json
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import load  # noqa: E402
from load import PAGE, ROOT, run, syncline  # noqa: E402

SCHEMA = """CREATE TABLE reservations(
  id INTEGER PRIMARY KEY, external_id INTEGER NOT NULL UNIQUE, customer_id INTEGER NOT NULL, code TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('confirmed','pending','cancelled','checked_in','checked_out','no_show')),
  total DECIMAL TEXT(12,2) NOT NULL, check_in TEXT, check_out TEXT, updated_at TEXT, source TEXT, raw JSON, synced_at TEXT)"""
ROUNDS = 3


def fresh(file):
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    with sqlite3.connect(file) as database:
        database.execute(SCHEMA)


def bare(folder, base, rows, file):
    return float(re.search(r"rows_per_s (\d+)", run(folder / "sqlite_line", f"{base}/same/", -(-rows // PAGE), file))[1])


def synced(folder, base, rows, file, expected):
    """Rows a second and peak memory in MiB."""
    started = time.monotonic()
    environment = {**syncline.environment(), "DATABASE_URL": f"sqlite:{file}", "BASE": base}
    process = subprocess.Popen(syncline.command("sync", "--json", "--full", project=folder / "project"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    entity = json.loads(out)["entities"][0]
    if status != 0 or entity[expected] != rows:
        raise SystemExit(f"sync ended with {os.waitstatus_to_exitcode(status)}: expected {rows} {expected}, got {entity}")
    return rows / seconds, usage.ru_maxrss / 1024


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    if not load.CEILING.exists():
        print("load_sqlite: skipped, the generator of its pages is not here (shared/bench/ceiling)")
        return
    short = False
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        load.build(folder)
        run("g++", "-O2", "-std=c++20", ROOT / "bench/sqlite_line.cpp", "-o", folder / "sqlite_line", "-lsqlite3", "-lsimdjson", "-lcurl", "-pthread")
        load.write_pages(folder, rows)
        load.write_project(folder)
        best = {}
        with load.nginx(folder, load.free_port()) as base:
            for _ in range(ROUNDS):
                theirs, ours = folder / "bare.db", folder / "ours.db"
                fresh(theirs)
                fresh(ours)
                migrated = syncline.run("migrate", project=folder / "project", env={"DATABASE_URL": f"sqlite:{ours}", "BASE": base})
                if migrated.code != 0:
                    raise SystemExit(str(migrated))
                for case in ("inserted", "unchanged"):
                    speed, peak = synced(folder, base, rows, ours, case)
                    best.setdefault(case, []).append((speed, bare(folder, base, rows, theirs), peak))
        for case, name in (("inserted", "sqlite, first"), ("unchanged", "sqlite, unchanged")):
            ours, theirs, peak = (max(column) for column in zip(*best[case]))
            short |= ours / theirs < 0.8 or peak > 32
            print(f"{name:24} {ours / theirs:8.2f} x  {'>= 0.8 x':>10}  {'ok' if ours / theirs >= 0.8 else 'short':5}  {ours:,.0f} rows/s, bare {theirs:,.0f}")
            print(f"{name + ', peak':24} {peak:6.1f} MiB  {'<= 32 MiB':>10}  {'ok' if peak <= 32 else 'short':5}  of the sync process")
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
