#!/usr/bin/env python3
"""Sizes, CPU and memory of updates between four releases of one system, by dunlin and by every tool one could use instead,
side by side in one run. Rows are kept in build/bench/delta.json: a bench that was stopped goes on where it was."""
import argparse
import pathlib
import shutil
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]
from delta_bench import ours, peers, report  # noqa: E402
from delta_bench.images import FILE_SYSTEMS, PAIRS, Images  # noqa: E402
from delta_bench.job import Job, Store  # noqa: E402
from delta_bench.measure import Failed, say, sha256_of  # noqa: E402
from rows_store import RowsStore, key_of  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ours.TOOLS | peers.TOOLS
PAIR_NAMES = {f"{old}-{new}": (old, new) for old, new in PAIRS}
QUICK = [("ext4", "v2-v3"), ("squashfs", "v2-v3")]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench delta", description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="ext4 v2-v3 and squashfs v2-v3 only")
    parser.add_argument("--fs", action="append", choices=FILE_SYSTEMS, help="only these file systems; may be repeated")
    parser.add_argument("--pair", action="append", choices=PAIR_NAMES, help="only these pairs; may be repeated")
    parser.add_argument("--tool", action="append", choices=TOOLS, help="only these tools; may be repeated")
    parser.add_argument("--images", metavar="DIR", help="unpacked images v1.ext4 ... v4.erofs; what is missing is made")
    parser.add_argument("--shared", metavar="DIR", default=ROOT.parent / "shared" / "images", help=argparse.SUPPRESS)
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--check", action="store_true", help="say what of that which must hold does; exit 1 when some does not")
    return parser.parse_args()


def cells(options):
    for fs in options.fs or FILE_SYSTEMS:
        for pair in options.pair or PAIR_NAMES:
            if not options.quick or (fs, pair) in QUICK:
                yield fs, pair


def row_of(job, fs, pair, tool):
    size, encode, decode, more = TOOLS[tool](job)
    return {"fs": fs, "pair": pair, "tool": tool, "bytes": size,
            "encode_cpu_s": encode and encode.cpu_s, "encode_rss_mb": encode and encode.rss_mb,
            "decode_cpu_s": decode and decode.cpu_s, "decode_wall_s": decode and decode.wall_s,
            "decode_rss_mb": decode and decode.rss_mb} | more


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = options.output / "delta"
        self.images = Images(options.images, options.shared, self.folder / "images", options.programs)
        self.results = RowsStore(options.output / "delta.json", ("fs", "pair", "tool"), options.fresh)
        self.seeder_digest = sha256_of(options.programs / "dunlin-seeder")
        self.failures = []

    def run(self):
        for fs, pair in cells(self.options):
            old, new = (self.images.image(fs, version) for version in PAIR_NAMES[pair])
            for tool in self.options.tool or TOOLS:
                self.measure(fs, pair, tool, old, new)

    def measure(self, fs, pair, tool, old, new):
        name, key = f"{fs} {pair} {tool}", key_of(old.digest, new.digest, self.seeder_digest if tool.startswith("dunlin") else "1")
        if self.results.find(name, key):
            return
        say(name)
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        job = Job(old, new, work, Store(self.folder / "store"), self.options.programs)
        try:
            self.results.add(row_of(job, fs, pair, tool), key)
        except Failed as failure:
            say(f"  failed: {failure}")
            self.failures.append(name)
        shutil.rmtree(work, ignore_errors=True)

    def rows(self):
        wanted = set(cells(self.options))
        order = list(TOOLS)
        rows = [row for row in self.results.rows.values() if (row["fs"], row["pair"]) in wanted]
        return sorted(rows, key=lambda r: (FILE_SYSTEMS.index(r["fs"]), list(PAIR_NAMES).index(r["pair"]), order.index(r["tool"])))


def main():
    options = arguments()
    bench = Bench(options)
    try:
        bench.run()
    except KeyboardInterrupt:
        say("interrupted; the same command again goes on where it stopped")
        return 130
    print(report.table(bench.rows()))
    verdicts = report.check(bench.rows()) if options.check else []
    for holds, what in verdicts:
        print(f"{'holds ' if holds else 'FAILS '} {what}")
    for failure in bench.failures:
        print(f"FAILED {failure}")
    return 1 if bench.failures or not all(holds for holds, _ in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
