# SPDX-License-Identifier: Apache-2.0
"""memory.py [ROWS]: whether memory depends on how much there is to sync: the peak of a first load and of a re-sync at a million rows and at ten million (or ROWS).

The pages and the table are those of load.py; ten million rows take about 10 GB on the disk. A line a target: name, value, target, ok or short.
"""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import load  # noqa: E402
from load import Bench, Postgres  # noqa: E402

LIMIT = 32  # MiB
SAME = 1  # MiB: buffers of the libraries beneath grow and shrink a little from run to run


def peaks(rows):
    """Of a first load and of a re-sync, in MiB."""
    with tempfile.TemporaryDirectory(prefix="syncline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        load.build(folder)
        load.write_pages(folder, rows, changes=False)
        load.write_project(folder)
        with load.nginx(folder, load.free_port()) as base, Postgres({"fsync": "on"}) as postgres:
            bench = Bench(folder, postgres, base, rows)
            bench.make_templates()
            _, first, _ = bench.synced("t_planned", "same", {"inserted": rows})
            bench.sql("vacuum analyze", "bench")
            _, unchanged, _ = bench.sync("same", {"unchanged": rows})
            return first, unchanged


def main():
    few, many = 1_000_000, int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    if not load.CEILING.exists():
        print("memory: skipped, the generator of its pages is not here (shared/bench/ceiling)")
        return
    short, of = False, {}
    for rows in (few, many):
        first, unchanged = of[rows] = peaks(rows)
        good = max(first, unchanged) <= LIMIT
        short |= not good
        print(f"peak at {rows:<16,} {max(first, unchanged):8.1f} MiB  {f'<= {LIMIT} MiB':>10}  {'ok' if good else 'short':5}  first {first:.1f}, unchanged {unchanged:.1f}", flush=True)
    more = max(of[many]) - max(of[few])
    short |= more > SAME
    print(f"{'more rows, more memory':24} {more:8.1f} MiB  {f'<= {SAME} MiB':>10}  {'ok' if more <= SAME else 'short':5}", flush=True)
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
