#!/usr/bin/env python3
"""Reads ctest's JUnit files; the last line is `N passed, N failed`. Exit 1 when a test failed or none ran."""
import pathlib
import sys
import xml.etree.ElementTree as xml


def count(path):
    cases = list(xml.parse(path).getroot().iter("testcase"))
    failed = [c.get("name") for c in cases if c.get("status") != "run"]
    return len(cases) - len(failed), failed


def main(paths):
    passed, failed = 0, []
    for path in paths:
        # A run that left no file did not end: that is a failure of its own.
        more_passed, more_failed = count(path) if pathlib.Path(path).exists() else (0, [path])
        passed, failed = passed + more_passed, failed + more_failed
    for name in failed:
        print("failed:", name)
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
