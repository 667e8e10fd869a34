# SPDX-License-Identifier: Apache-2.0
"""load.py [ROWS]: the whole line from HTTP to commit into PostgreSQL, beside a bare program that does the same work on the same pages.

A million reservations of 12 columns in pages of 500 from nginx. The bare program (`line`, in shared/bench/ceiling) fetches, decodes and upserts, trusts its input, and
knows one table; its figures are measured in this run, so a ratio speaks of this machine at this hour. A line a target: name, value, target, ok or short.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CEILING = ROOT.parent / "shared/bench/ceiling"
os.environ.setdefault("SYNCLINE", str(ROOT / "build/release/syncline"))
sys.path.insert(0, str(ROOT / "tests"))
from support import syncline  # noqa: E402
from support.postgres import Postgres, psql  # noqa: E402
from support.processes import free_port  # noqa: E402

PAGE = 500
REJECTED = 10  # the exit code of a run with rejects
CONNECTOR = """title: Pages
settings: {base: {required: true}}
base_url: ${settings.base}
auth: {api_key: {header: Authorization}}
limits: {rate: 100000/s}
streams:
  same: {get: /same, records: {json: data}, paginate: {page: {param: page, size_param: page_size, size: 500, count: meta.total}}, key: id}
  tenth: {get: /tenth, records: {json: data}, paginate: {page: {param: page, size_param: page_size, size: 500, count: meta.total}}, key: id}
  bad: {get: /bad, records: {json: data}, paginate: {page: {param: page, size_param: page_size, size: 500, count: meta.total}}, key: id}
"""
PROJECT = """syncline: 1
database: ${DATABASE_URL}
network: {allow_private: true}
accounts: {pages: {connector: pages, settings: {base: "${BASE}"}, auth: [{api_key: {key: none}}]}}
"""
ENTITY = """table: reservations
account: pages
from: STREAM
key: {column: external_id, from: id}
fields: {customer_id: customer_id, code: code, status: status, total: total, check_in: check_in, check_out: check_out, updated_at: updated_at, source: source, raw: .}
"""


def run(*command, **options):
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if ended.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
    return ended.stdout


def build(folder):
    """The bare program and the generator of its pages, from their one source."""
    for program in ("generate", "line"):
        run("g++", "-O2", "-std=c++20", "-I/usr/include/postgresql", CEILING / f"{program}.cpp", "-o", folder / program, "-lpq", "-lsimdjson", "-lcurl", "-pthread")


def spoil(good, bad):
    """The same pages with one record in a hundred made bad: a text where a number belongs, or a status that the table's CHECK refuses. Returns how many."""
    bad.mkdir()
    count = 0
    for page in sorted(good.iterdir()):
        document = json.loads(page.read_text())
        for i in range(50, len(document["data"]), 100):
            document["data"][i] |= {"customer_id": "nobody"} if count % 2 else {"status": "lost"}
            count += 1
        (bad / page.name).write_text(json.dumps(document, separators=(",", ":")))
    return count


def write_pages(folder, rows, changes=True):
    """`same`, and unless they are not wanted `tenth`, in which one record in ten has changed."""
    (folder / "pages").mkdir()
    run(folder / "generate", "pages", rows, folder / "pages/same", PAGE, 0)
    if changes:
        run(folder / "generate", "pages", rows, folder / "pages/tenth", PAGE, 100)


def write_project(folder):
    for file, text in (("syncline.yaml", PROJECT), ("connectors/pages/connector.yaml", CONNECTOR), ("entities/reservations.yaml", ENTITY.replace("STREAM", "same"))):
        target = folder / "project" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


@contextmanager
def nginx(folder, port):
    """Pages under their bare names for the bare program, and by ?page=N for a connector."""
    lists = "".join(f"location = /{name} {{ rewrite ^ /{name}/$arg_page.json last; }}\n" for name in ("same", "tenth", "bad"))
    (folder / "nginx.conf").write_text(
        (CEILING / "nginx.conf").read_text().replace("daemon on;", "daemon off;").replace("127.0.0.1:18588; root pages;", f"127.0.0.1:{port}; root pages;\n{lists}")
    )
    server = subprocess.Popen(["nginx", "-p", f"{folder}/", "-c", folder / "nginx.conf", "-e", "error.log"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


class Bench:
    def __init__(self, folder, postgres, base, rows):
        self.folder, self.postgres, self.base, self.rows = folder, postgres, base, rows
        self.short = False

    def sql(self, text, database="postgres"):
        psql(self.postgres.url(database), text)

    def fresh(self, template):
        """The database `bench` as a copy of a template; what was there is gone."""
        self.sql("drop database if exists bench")
        self.sql(f"create database bench template {template} strategy file_copy")
        self.sql("checkpoint")

    def keep(self, template):
        self.sql("vacuum analyze", "bench")
        self.sql(f"drop database if exists {template}")
        self.sql(f"alter database bench rename to {template}")

    def wal(self):
        return int(self.postgres.rows("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")[0][0])

    def bare(self, template, pages, mode):
        self.fresh(template)
        env = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.postgres.port), "PGUSER": "syncline", "PGDATABASE": "bench"}
        said = run(self.folder / "line", f"{self.base}/{pages}/", -(-self.rows // PAGE), 10000, mode, env=env)
        return float(re.search(r"rows_per_s (\d+)", said)[1])

    def synced(self, template, pages, expected, code=0):
        """As `sync`, on a fresh copy of a template."""
        self.fresh(template)
        return self.sync(pages, expected, code)

    def sync(self, pages, expected, code=0):
        """Rows a second, peak memory in MiB, bytes of write-ahead log; what the run says it did must be `expected`."""
        (self.folder / "project/entities/reservations.yaml").write_text(ENTITY.replace("STREAM", pages))
        command = syncline.command("sync", "--json", "--full", project=self.folder / "project")
        before, started = self.wal(), time.monotonic()
        process = subprocess.Popen(command, env={**syncline.environment(), "DATABASE_URL": self.postgres.url("bench"), "BASE": self.base}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        report = json.loads(out)
        if os.waitstatus_to_exitcode(status) != code:
            raise SystemExit(f"sync ended with {os.waitstatus_to_exitcode(status)}: {out.decode()[:3000]}")
        entity = report["entities"][0]
        if {name: entity[name] for name in expected} != expected:
            raise SystemExit(f"expected {expected}, got {entity}")
        return self.rows / seconds, usage.ru_maxrss / 1024, self.wal() - before

    def migrate(self):
        ended = syncline.run("migrate", project=self.folder / "project", env={"DATABASE_URL": self.postgres.url("bench"), "BASE": self.base})
        if ended.code != 0:
            raise SystemExit(str(ended))

    def ratio(self, name, value, target, detail):
        self.line(name, f"{value:.2f} x", f">= {target} x", value >= target, detail)

    def line(self, name, value, target, good, detail):
        self.short |= not good
        print(f"{name:24} {value:>10}  {target:>10}  {'ok' if good else 'short':5}  {detail}", flush=True)

    def make_templates(self):
        """`t_empty`, the tables as their owner made them; `t_planned`, the same after `syncline migrate`."""
        self.sql("create database bench")
        self.sql((CEILING / "schema.sql").read_text(), "bench")
        self.keep("t_empty")
        self.fresh("t_empty")
        self.migrate()
        self.keep("t_planned")

    def fingerprint(self):
        """Of all cells that come from the source."""
        cells = "external_id, customer_id, code, status, total, check_in, check_out, updated_at, source, raw"
        return self.postgres.rows(f"select count(*), sum(hashtextextended(concat_ws('|', {cells}), 0)) from reservations", self.postgres.url("bench"))[0]

    def measure(self):
        rows, peaks = self.rows, []
        self.make_templates()
        bare_first = self.bare("t_empty", "same", "plain")
        self.keep("t_bare")
        first, peak, first_wal = self.synced("t_planned", "same", {"inserted": rows})
        peaks.append(peak)
        self.ratio("first", first / bare_first, 1.0, f"{first:,.0f} rows/s, bare {bare_first:,.0f}")
        self.keep("t_synced")

        bad = spoil(self.folder / "pages/same", self.folder / "pages/bad")
        speed, peak, _ = self.synced("t_planned", "bad", {"inserted": rows - bad, "rejected": bad}, REJECTED)
        peaks.append(peak)
        self.ratio("1% bad rows", speed / first, 0.7, f"{speed:,.0f} rows/s, {bad:,} rejects")

        guard = self.bare("t_bare", "same", "guard")
        unchanged, peak, wal = self.synced("t_synced", "same", {"unchanged": rows})
        peaks.append(peak)
        self.ratio("unchanged", unchanged / guard, 4.0, f"{unchanged:,.0f} rows/s, bare {guard:,.0f}")
        self.line("unchanged, log written", f"{wal / first_wal:.2%}", "<= 1%", wal <= first_wal / 100, f"{wal / 1e6:,.1f} MB of {first_wal / 1e6:,.0f} MB")

        self.fresh("t_synced")
        truth = self.fingerprint()
        self.sql("update reservations set status = 'no_show' where id % 100 = 0 and status <> 'no_show'", "bench")
        edited = int(self.postgres.rows("select count(*) from reservations where id % 100 = 0 and status = 'no_show' and sync_xid <> xmin", self.postgres.url("bench"))[0][0])
        self.sql("drop database if exists t_edited")
        self.sql("alter database bench rename to t_edited")
        speed, peak, _ = self.synced("t_edited", "same", {"updated": edited, "local_edits": edited, "unchanged": rows - edited})
        peaks.append(peak)
        if self.fingerprint() != truth:
            raise SystemExit("a local edit was left in the table")
        self.ratio("1% edited locally", speed / guard, 3.0, f"{speed:,.0f} rows/s, {edited:,} set right")

        tenth_guard = self.bare("t_bare", "tenth", "guard")
        changed = rows - self.unchanged_in_tenth()
        speed, peak, _ = self.synced("t_synced", "tenth", {"updated": changed, "unchanged": rows - changed})
        peaks.append(peak)
        self.ratio("10% changed", speed / tenth_guard, 2.0, f"{speed:,.0f} rows/s, bare {tenth_guard:,.0f}, {changed:,} changed")
        self.beside_node(first, unchanged)
        self.line("peak memory", f"{max(peaks):.1f} MiB", "<= 32 MiB", max(peaks) <= 32, "of the sync process")

    def beside_node(self, first, unchanged):
        """The mission's own design in Node, if Node is here."""
        if not shutil.which("npm"):
            print("beside Node: skipped, npm is not here")
            return
        shutil.copytree(CEILING / "node", self.folder / "node")
        run("npm", "install", "--silent", "--no-audit", "--no-fund", cwd=self.folder / "node")
        node_first, node_unchanged = (self.node(template) for template in ("t_empty", "t_bare"))
        self.ratio("first, beside Node", first / node_first, 3.0, f"{first:,.0f} rows/s, Node {node_first:,.0f}")
        self.ratio("unchanged, beside Node", unchanged / node_unchanged, 18.0, f"{unchanged:,.0f} rows/s, Node {node_unchanged:,.0f}")

    def node(self, template):
        self.fresh(template)
        env = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(self.postgres.port), "PGUSER": "syncline", "PGDATABASE": "bench"}
        said = run("node", self.folder / "node/load.mjs", f"{self.base}/same/", -(-self.rows // PAGE), env=env)
        return float(re.search(r"rows_per_s (\d+)", said)[1])

    def unchanged_in_tenth(self):
        count = 0
        for page in (self.folder / "pages/same").iterdir():
            old, new = (json.loads(file.read_text())["data"] for file in (page, self.folder / "pages/tenth" / page.name))
            count += sum(a == b for a, b in zip(old, new, strict=True))
        return count


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if not CEILING.exists():
        print("load: skipped, the bare program is not here (shared/bench/ceiling)")
        return
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build(folder)
        write_pages(folder, rows)
        write_project(folder)
        with nginx(folder, free_port()) as base, Postgres({"fsync": "on"}) as postgres:
            bench = Bench(folder, postgres, base, rows)
            bench.measure()
    sys.exit(1 if bench.short else 0)


if __name__ == "__main__":
    main()
