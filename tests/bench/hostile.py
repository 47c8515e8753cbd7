#!/usr/bin/env python3
"""Everything a malicious node, hostile neighbours, mirrors and seeders try, many times with other seeds, beside controls that
show that the judges see what must not be. Prints what was tried and what succeeded; build/bench/hostile.json keeps it."""
import argparse
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "hostile"), str(ROOT / "tests" / "e2e")]
from lab import cage  # noqa: E402

import hostile_cases  # noqa: E402
from controls import CONTROLS, is_seen  # noqa: E402
from malicious_cases import CASES, Case, Releases  # noqa: E402

ROUNDS, QUICK_ROUNDS = 10, 1
SLOW = {"send_descriptors", "flood"}  # a few rounds say as much


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench hostile", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only cases whose name has this in it")
    parser.add_argument("--programs", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed tries other moments and bytes")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="as many seeds, one after the other")
    parser.add_argument("--quick", action="store_const", const=QUICK_ROUNDS, dest="rounds", help="one seed")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "build" / "bench")
    return parser.parse_args()


class Account:
    """Rows by case; a finding is printed when it is made."""

    def __init__(self):
        self.rows = {}

    def add(self, case, tried, findings, seed):
        row = self.rows.setdefault(case, {"case": case, "tried": 0, "succeeded": 0})
        row["tried"] += tried
        row["succeeded"] += len(findings)
        for words in findings:
            print(f"{case}, seed {seed}: {words}", flush=True)

    def table(self):
        lines = [f"{'case':52} {'tried':>9} {'succeeded':>9}"]
        lines += [f"{row['case']:52} {row['tried']:9,} {row['succeeded']:9}" for row in self.rows.values()]
        return "\n".join(lines)


def try_malicious_node(releases, case, options, account):
    for seed in range(options.seed, options.seed + options.rounds):
        found = releases.run(case, rounds=1 if case.attack in SLOW else 3, seed=seed)
        account.add(f"malicious-node/{case.name}", found["tried"], found["gained"] + [b for b in [found["broken"]] if b], seed)


def try_site(name, options, account):
    for seed in range(options.seed, options.seed + max(1, options.rounds // 5)):  # each is a site and some updates
        tried, findings = hostile_cases.run(name, options.programs, seed)
        account.add(f"site/{name}", tried, findings, seed)


def controls(releases):
    for name in CONTROLS:
        machine = releases.machine(Case("control", "", ()))
        try:
            yield {"control": name, "seen": is_seen(name, releases, machine)}
        finally:
            machine.power_off()


def main():
    options = arguments()
    options.programs = options.programs.resolve()
    cage.enter()
    wanted = lambda name: not options.cases or any(word in name for word in options.cases)  # noqa: E731
    account, releases = Account(), Releases(options.programs, cage.folder())
    for case in CASES:
        if wanted(f"malicious-node/{case.name}"):
            try_malicious_node(releases, case, options, account)
    for name in hostile_cases.CASES:
        if wanted(f"site/{name}"):
            try_site(name, options, account)
    seen = list(controls(releases))
    print(account.table())
    for control in seen:
        print(f"done on purpose: {control['control']}: {'seen' if control['seen'] else 'NOT SEEN'}")
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / "hostile.json"
    rows = list(account.rows.values())
    path.write_text(json.dumps({"rows": rows, "controls": seen, "seed": options.seed}, indent=1) + "\n", encoding="utf-8")
    succeeded = sum(row["succeeded"] for row in rows)
    print(f"{sum(row['tried'] for row in rows):,} tried, {succeeded} succeeded, seed {options.seed}; {path}")
    return 1 if succeeded or not rows or not all(control["seen"] for control in seen) else 0


if __name__ == "__main__":
    sys.exit(main())
