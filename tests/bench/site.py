#!/usr/bin/env python3
"""How often a release crosses the WAN of a site, how long the last device waits, and what faults cost: dunlin, and beside it
aria2, transmission and plain HTTP, as real programs in the same laboratory. Rows are kept in build/bench/site.json: a bench
that was stopped goes on where it was."""
import argparse
import json
import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]
from rows_store import RowsStore, key_of  # noqa: E402
from site_bench import report, verdict  # noqa: E402
from site_bench.scenarios import FOREIGN, SCENARIOS  # noqa: E402
from delta_bench.measure import say, sha256_of  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ONE_RUN = pathlib.Path(__file__).with_name("site_bench") / "one_run.py"
TOOLS = ("dunlin", *FOREIGN)
RUNS_MAX = 3


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench site", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"only these of: {' '.join(SCENARIOS)}")
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--tool", action="append", choices=TOOLS, help="only these tools; may be repeated")
    parser.add_argument("--payload-mb", type=int, metavar="N", help="a smaller payload for a quick look; its rows are not kept")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument("--fresh", action="store_true", help="measure again what was measured before")
    parser.add_argument("--keep", action="store_true", help="leave the logs of each run behind")
    options = parser.parse_args()
    for name in options.scenarios:
        if name not in SCENARIOS:
            parser.error(f"there is no scenario {name}; known are: {' '.join(SCENARIOS)}")
    return options


class Bench:
    def __init__(self, options):
        self.options = options
        self.store = RowsStore(options.output / "site.json", ("scenario", "tool"))
        self.programs = key_of(*(sha256_of(options.programs / f"dunlin-{name}") for name in ("node", "seeder", "applier")))
        self.rows, self.failures = [], []

    def run(self):
        for name in self.options.scenarios or SCENARIOS:
            # Others first: one curl is the yardstick of some scenarios.
            for tool in (*SCENARIOS[name].tools, "dunlin"):
                if not self.options.tool or tool in self.options.tool:
                    self.measure(name, tool)

    def measure(self, name, tool):
        scenario = SCENARIOS[name]
        version = self.programs if tool == "dunlin" else "1"
        key = key_of(self.payload_mb(scenario), scenario.layout, *scenario.faults_for(ideal_s=80), version)
        kept = None if self.options.fresh or self.options.payload_mb else self.store.find(f"{name} {tool}", key)
        if kept:
            self.rows.append(kept)
            return
        say(f"{name} {tool}")
        for _ in range(RUNS_MAX):
            run = self.one_run(name, tool)
            if not run or all(run["spoiled"]):
                break
            say("  nobody asked the device that spoils for anything: that shows nothing, so once more")
        if run:
            self.add(name, tool, key, run)

    def one_run(self, name, tool):
        """The outcome of a run in a process of its own, or None when it broke."""
        command = [sys.executable, ONE_RUN, name, tool, "--programs", self.options.programs.resolve(), "--payload-mb",
                   self.payload_mb(SCENARIOS[name]), *(["--keep"] if self.options.keep else [])]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            self.failures.append(f"{name} {tool}")
            return None
        return json.loads(done.stdout.splitlines()[-1])

    def add(self, name, tool, key, run):
        row, broken = verdict.row_of(name, SCENARIOS[name], tool, argparse.Namespace(**run), self.curl_row(name))
        for words in broken:
            say(f"  {words}")
        line = run | row | {"broken": broken}
        print(json.dumps(line), flush=True)
        self.rows.append(row)
        if not self.options.payload_mb:
            self.store.add(row, key)

    def payload_mb(self, scenario):
        return self.options.payload_mb or scenario.payload_mb

    def curl_row(self, name):
        rows = self.rows + ([] if self.options.payload_mb else list(self.store.rows.values()))
        return next((row for row in rows if row["scenario"] == name and row["tool"] == "http"), None)


def main():
    options = arguments()
    bench = Bench(options)
    try:
        bench.run()
    except KeyboardInterrupt:
        say("interrupted; the same command again goes on where it stopped")
        return 130
    print(report.table(bench.rows))
    for failure in bench.failures:
        print(f"FAILED {failure}")
    held = all(row["ok"] for row in bench.rows if row["tool"] == "dunlin")
    return 0 if held and not bench.failures else 1


if __name__ == "__main__":
    sys.exit(main())
