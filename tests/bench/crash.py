#!/usr/bin/env python3
"""Laboratory A: the applier's real code on a disk that forgets, cut at every change of an update's life, on every boot scheme.
Prints what was tried and what went wrong; build/bench/crash.json keeps it. A finding comes with the words that replay it."""
import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import crash_report  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULTS = ("unbootable", "incomplete", "nonconverging")
STATES_WANTED = 100_000  # over all boot schemes


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench crash", description=__doc__)
    parser.add_argument("backends", nargs="*", metavar="BACKEND", help="only these boot schemes")
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed tries other cuts by chance")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="as many seeds, one after the other")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build" / "bench")
    return parser.parse_args()


class Lab:
    def __init__(self, options):
        self.program = options.programs / "dunlin-crash-lab"
        known = [line.split()[1] for line in self.call("--list").splitlines() if line.startswith("backend ")]
        wrong = [name for name in options.backends if name not in known]
        if wrong:
            sys.exit(f"there is no boot scheme {wrong[0]}; known are: {' '.join(known)}")
        self.backends = options.backends or known

    def call(self, *words):
        # The applier's log would tell of nothing but a disk that went away.
        done = subprocess.run([str(self.program), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"{self.program.name} {' '.join(map(str, words))}: ended with {done.returncode}")
        return done.stdout

    def lines(self, *words):
        return [json.loads(line) for line in self.call(*words).splitlines()]

    def explore(self, seed):
        """Rows of all boot schemes and mutations, and what was found; as many at a time as there are processors."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = [pool.submit(self.lines, "--seed", seed, "--backend", name) for name in self.backends]
            runs.append(pool.submit(self.lines, "--seed", seed, "--mutations"))
            lines = [line for run in runs for line in run.result()]
        rows = [line for line in lines if line.get("lab")]
        mutations = [line for line in lines if line.get("mutation")]
        broken = {mutation["mutation"] for mutation in mutations}
        findings = [line for line in lines if line.get("replay") and line["replay"].split()[0] not in broken]
        return rows, mutations, findings


def sum_up(total, rows):
    for row in rows:
        kept = total.setdefault(row["backend"], {"lab": "A", "backend": row["backend"], "states": 0} | dict.fromkeys(FAULTS, 0))
        for name in ("states", *FAULTS):
            kept[name] += row[name]
        kept["mark"] = kept.get("mark", 0) ^ row["mark"]


def table(rows, mutations):
    lines = [f"{'boot scheme':24} {'crash states':>12} {'unbootable':>11} {'incomplete':>11} {'nonconverging':>14}"]
    for row in rows:
        lines.append(f"{row['backend']:24} {row['states']:12,} {row['unbootable']:11} {row['incomplete']:11} {row['nonconverging']:14}")
    lines += [f"broken on purpose: {name}: {'caught' if caught else 'NOT CAUGHT'}" for name, caught in mutations.items()]
    return "\n".join(lines)


def main():
    options = arguments()
    lab = Lab(options)
    total, caught, wrong = {}, {}, 0
    for seed in range(options.seed, options.seed + options.rounds):
        print(f"seed {seed}", flush=True)
        rows, mutations, findings = lab.explore(seed)
        sum_up(total, rows)
        for mutation in mutations:
            caught[mutation["mutation"]] = caught.get(mutation["mutation"], True) and mutation["caught"]
        for finding in findings:
            wrong += 1
            print(f"{finding['fault']}: {finding['words']}\n  {lab.program} --replay {finding['replay']}", flush=True)
    rows = list(total.values())
    print(table(rows, caught))
    path = crash_report.keep(options.output, "A", rows, caught, options.seed)
    states = sum(row["states"] for row in rows)
    mark = functools.reduce(lambda one, row: one ^ row["mark"], rows, 0)
    print(f"{states:,} crash states, {sum(row[name] for row in rows for name in FAULTS)} faults, seed {options.seed}, mark {mark:016x}; {path}")
    if not options.backends and states < STATES_WANTED:
        print(f"fewer than {STATES_WANTED:,} crash states were tried")
        wrong += 1
    return 1 if wrong or not all(caught.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
