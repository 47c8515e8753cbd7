#!/usr/bin/env python3
"""Every claim of docs/trust.md about an attacker names tests, and these exist: `Suite.Name` of a C++ test, `path:test_name` of a
Python one, `malicious-node/…` and `site/…` of the hostile laboratory."""
import re
import sys

import source

PAGE = source.ROOT / "docs" / "trust.md"
NAMED = re.compile(r"`([\w./:-]+)`")


def rows(text):
    """(line number, cell that names the tests) of each row below a head that ends with "shown by"."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1] == "shown by":
            inside = True
        elif inside and not set(cells[-1]) <= set("- "):
            yield number, cells[-1]


def known_tests():
    names = set()
    for path in source.files(".cc"):
        names |= {f"{suite}.{name}" for suite, name in re.findall(r"\bTEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text())}
    for path in source.files(".py"):
        relative = path.relative_to(source.ROOT)
        names |= {f"{relative}:{name}" for name in re.findall(r"def (test_\w+)\(", path.read_text())}
    hostile = source.ROOT / "tests" / "hostile"
    names |= {f"malicious-node/{name}" for name in re.findall(r'Case\("([\w-]+)"', (hostile / "malicious_cases.py").read_text())}
    cases = (hostile / "hostile_cases.py").read_text().split("CASES = {", 1)[1]
    return names | {f"site/{name}" for name in re.findall(r'^    "([\w-]+)":', cases, re.M)}


def problems(text, tests):
    claims = list(rows(text))
    if not claims:
        yield f"{PAGE.name}: no claim names its tests"
    for number, cell in claims:
        named = NAMED.findall(cell)
        if not named:
            yield f"docs/{PAGE.name}:{number}: this claim names no test"
        for name in named:
            if name not in tests:
                yield f"docs/{PAGE.name}:{number}: there is no test {name}"


if __name__ == "__main__":
    sys.exit(source.report(list(problems(PAGE.read_text(encoding="utf-8"), known_tests()))))
