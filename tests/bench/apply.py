#!/usr/bin/env python3
"""What installing one image costs: dunlin from a full pack on this machine, beside dd with a sync and a read-back, RAUC and
SWUpdate, onto the same loop device. Each begins with a slot full of junk and its input in the page cache; rounds alternate between
the tools and the median counts. Then dunlin installs the same image once more: nothing may be written."""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]
from apply_bench import foreign  # noqa: E402
from apply_bench.ours import Dunlin  # noqa: E402
from apply_bench.slot import LoopSlot, MIB  # noqa: E402
from delta_bench.measure import Failed, say  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
WALL_RATIO_MAX = 1.15  # of dunlin to dd with its read-back
RSS_MIB_MAX = 16       # of the applier


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench apply", description=__doc__)
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--size-mb", type=int, default=512, metavar="N", help="size of the image")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--image", type=pathlib.Path, metavar="FILE", help="this image instead of one made from this machine's programs")
    parser.add_argument("--level", type=int, default=19, metavar="N", help="zstd level of the pack")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build" / "bench")
    return parser.parse_args()


def make_image(path, size):
    """An ext4 file system of `size` bytes, four fifths full of programs and libraries of this machine."""
    content = path.with_suffix(".d")
    room = size * 4 // 5
    for file in sorted(pathlib.Path("/usr").rglob("*")):
        if not file.is_file() or file.is_symlink() or file.stat().st_size > room:
            continue
        room -= file.stat().st_size
        to = content / file.relative_to("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
        if room < MIB:
            break
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", str(content), str(path), f"{size // 1024}k"], check=True)
    shutil.rmtree(content)
    return path


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.image = options.image or make_image(self.folder / "image.ext4", options.size_mb * MIB)
        self.slot = LoopSlot(self.folder / "slot.img", os.path.getsize(self.image))
        self.runs, self.absent, self.not_durable = {}, {}, {}  # not_durable: bytes still in the cache when it said it was done

    def run(self):
        """(bytes that the node wrote, bytes that the device was given) by a second install of the same image."""
        (self.folder / "dunlin").mkdir()
        say(f"packing {os.path.getsize(self.image) / MIB:.0f} MiB")
        self.dunlin = Dunlin(self.options.programs, self.folder / "dunlin", self.image, self.options.level)
        for number in range(self.options.rounds):
            for tool in (foreign.Dd(), foreign.Rauc(), foreign.SwUpdate()):
                self.measure_foreign(tool, number)
            self.measure(self.dunlin, number)
        before = self.slot.written_bytes()
        flashed = self.dunlin.install_and_count(self.slot)[1]
        return {"node": flashed, "device": self.slot.written_bytes() - before}

    def measure_foreign(self, tool, number):
        if tool.name in self.absent:
            return
        try:
            with foreign.prepared(tool, self.folder, self.image, self.slot):
                self.measure(tool, number)
        except Failed as error:
            if tool.name == "dd":
                raise
            self.absent[tool.name] = str(error)
            say(f"{tool.name} does not run here: {error}")

    def measure(self, tool, number):
        self.slot.spoil()
        warm(tool.input)
        os.sync()
        before = self.slot.written_bytes()
        cost = tool.install(self.slot)
        durable = self.slot.written_bytes() - before
        self.slot.flush()
        written = self.slot.written_bytes() - before
        if durable < os.path.getsize(self.image):
            self.not_durable[tool.name] = written - durable
        if not self.slot.holds(self.image):
            raise Failed(f"{tool.name}: the slot does not hold the image afterwards")
        say(f"round {number + 1}: {tool.name}: {cost.wall_s:.2f} s, {cost.cpu_s:.2f} s of CPU, {cost.rss_mb:.1f} MiB, {written} bytes written")
        self.runs.setdefault(tool.name, []).append((cost, written))

    def rows(self):
        rows = [self.row(name, runs) for name, runs in self.runs.items()]
        return sorted(rows, key=lambda row: row["tool"] != "dunlin")

    @staticmethod
    def row(name, runs):
        """The median round by the clock; memory and bytes are the worst of all."""
        cost = sorted((cost for cost, _ in runs), key=lambda each: each.wall_s)[len(runs) // 2]
        return {"tool": name, "wall_s": cost.wall_s, "cpu_s": cost.cpu_s, "rss_mb": max(each.rss_mb for each, _ in runs),
                "written_bytes": max(written for _, written in runs)}

    def ratio(self):
        """dunlin's time as a share of dd's in the same round; the median, because a busy machine disturbs single rounds."""
        return round(statistics.median(ours.wall_s / theirs.wall_s for (ours, _), (theirs, _)
                                       in zip(self.runs["dunlin"], self.runs["dd"])), 3)


def warm(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(MIB):
            pass


def table(rows):
    lines = [f"{'tool':10} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} {'MiB written':>12}"]
    lines += [f"{row['tool']:10} {row['wall_s']:8.2f} {row['cpu_s']:8.2f} {row['rss_mb']:9.1f} {row['written_bytes'] / MIB:12.1f}" for row in rows]
    return "\n".join(lines)


def broken_promises(rows, ratio, again):
    ours = next(row for row in rows if row["tool"] == "dunlin")
    if ratio > WALL_RATIO_MAX:
        yield f"dunlin took {ratio} times as long as dd with its read-back; {WALL_RATIO_MAX} are allowed"
    if ours["rss_mb"] > RSS_MIB_MAX:
        yield f"dunlin-applier had {ours['rss_mb']} MiB; {RSS_MIB_MAX} are allowed"
    if any(again.values()):
        yield f"a second install of the same image wrote: {again}"


def main():
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apply-", dir=options.output) as folder:
        bench = Bench(options, folder)
        try:
            again = bench.run()
        finally:
            bench.slot.close()
    rows, ratio = bench.rows(), bench.ratio()
    broken = list(broken_promises(rows, ratio, again))
    result = {"rows": rows, "ratio_to_dd": ratio, "writer_rss_mb": bench.dunlin.writer_rss_mb, "second_install_written_bytes": again,
              "slot_is_direct": bench.slot.is_direct, "not_durable_bytes": bench.not_durable, "absent": bench.absent, "broken": broken}
    (options.output / "apply.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(rows))
    print(f"The memory of dunlin is the applier's; the part of the node that decodes had {bench.dunlin.writer_rss_mb} MiB.")
    print(f"dunlin to dd with its read-back: {ratio}; a second install wrote {again['device']} bytes")
    for name, count in bench.not_durable.items():
        print(f"{name} said it was done when {count} bytes were in the cache only: its seconds leave out what syncing them takes")
    for name, why in bench.absent.items():
        print(f"{name} is missing: {why}")
    for words in broken:
        print(words)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
