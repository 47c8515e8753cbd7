"""What every program of test cases understands, and how it runs them."""
import argparse
import pathlib
import unittest

from lab import cage


def options(runs=20):
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--keep", action="store_true", help="leave disks and logs behind")
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("tests", nargs="*")
    chosen = parser.parse_args()
    chosen.programs = chosen.programs.resolve()
    return chosen


def main():
    """For a file of unittest cases: enters the cage, runs them (or the named ones), one line each."""
    chosen = options()
    cage.enter()
    unittest.main(module="__main__", argv=["test", "-v", *chosen.tests], verbosity=2)
