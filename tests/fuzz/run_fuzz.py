#!/usr/bin/env python3
"""Runs one fuzz target for DUNLIN_FUZZ_SECONDS (60 when not set). What it learns stays in the build tree for the next run;
an input that breaks it is kept there and named. Exit 1: a finding.

With DUNLIN_FUZZ_TURN, a number that grows with every run, and DUNLIN_FUZZ_AT_ONCE only so many targets make inputs up,
others at each turn; the rest read once more what is known to be worth reading."""
import argparse
import os
import pathlib
import subprocess
import sys

SECONDS = int(os.environ.get("DUNLIN_FUZZ_SECONDS", "60"))
INPUT_BYTES_MAX = 256 << 10
MEMORY_MB, ONE_INPUT_S = 1024, 20
ONE_ALLOCATION_MB = 256


def is_in_turn(number, count):
    """Every target comes up once in count / at_once turns."""
    turn, at_once = os.environ.get("DUNLIN_FUZZ_TURN"), int(os.environ.get("DUNLIN_FUZZ_AT_ONCE", count))
    return turn is None or (number - int(turn) * at_once) % count < at_once


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--number", required=True, type=int, help="which of all targets it is")
    parser.add_argument("--of", required=True, type=int, help="how many there are")
    parser.add_argument("--seeds", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    corpus, findings = options.work / "corpus", options.work / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    how_long = f"-max_total_time={SECONDS}" if is_in_turn(options.number, options.of) else "-runs=0"
    command = [options.target, how_long, f"-malloc_limit_mb={ONE_ALLOCATION_MB}", f"-max_len={INPUT_BYTES_MAX}", f"-rss_limit_mb={MEMORY_MB}",
               f"-timeout={ONE_INPUT_S}", f"-artifact_prefix={findings}/", "-print_final_stats=1", "-verbosity=0", corpus]
    if options.seeds.is_dir():
        command.append(options.seeds)
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
    print("\n".join(done.stderr.splitlines()[-60:]))
    if done.returncode != 0:
        print(f"{options.target.name}: an input breaks it; it lies in {findings}")
    return 1 if done.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
