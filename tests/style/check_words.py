#!/usr/bin/env python3
"""Words that must not stand in the tree: sleeps in tests, unfinished marks, paths of one machine, and calls that
belong behind a seam of core/base (clock, random, disk), where tests can take their place."""
import re
import sys

import source

CODE = (".h", ".cc")
# (what to look for in code without comments and literals, where it is allowed, what to say)
IN_CODE = [
    (r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", r"core/base/.*", "waits by the clock: wait for a condition"),
    (r"\b(system_clock|steady_clock|high_resolution_clock)::now\b", r"core/base/.*|tests/.*", "time comes from core/base/clock.h"),
    (r"\b(std::rand|srand|random_device|mt19937)\b", r"core/base/random\.\w+|tests/.*", "randomness comes from core/base/random.h"),
    (r"\b(std::[io]?fstream|fopen)\b", r"core/base/.*|tests/.*", "files are opened through core/base/disk.h"),
    (r"(?<![\w.>:])(::)?open\(\s*[\w.]+(\.c_str\(\))?\s*,\s*O_", r"core/base/.*|tests/.*|applier/mounted_root\.cc",
     "files are opened through core/base/disk.h"),
    (r"\busing namespace std\s*;", r"", "name what you use"),
    (r"\bthrow\b(?!\s*;)", r"tests/.*|core/base/toml_reader\.cc", "our code throws nothing: return a Result"),
    (r"\basio::detached\b", r"", "swallows exceptions: use spawn()"),
    (r"\bGTEST_SKIP\b|\bDISABLED_\w+", r"", "a skipped test is no test"),
]
ANYWHERE = [
    (r"\b(TODO|FIXME|HACK)\b", "finish it or leave it out"),
    (r"(?<![\w.])/(home|work)/\w", "a path of one machine"),
]
TEXT_SUFFIXES = (".h", ".cc", ".py", ".md", ".toml", ".cmake", ".txt", ".service", ".sql")


def problems_in(path, text):
    code = source.blanked(text) if path.endswith(CODE) else ""
    for pattern, allowed, reason in IN_CODE:
        if re.fullmatch(allowed, path):
            continue
        for match in re.finditer(pattern, code):
            yield f"{path}:{source.line_of(code, match.start())}: {match.group().strip()}: {reason}"
    for pattern, reason in ANYWHERE:
        for match in re.finditer(pattern, text):
            yield f"{path}:{source.line_of(text, match.start())}: {match.group()}: {reason}"
    if path.startswith("tests/") and path.endswith(".py") and re.search(r"\btime\.sleep\(", text):
        yield f"{path}: time.sleep: use lab.wait, which waits for a condition"


def check_itself():
    assert list(problems_in("tests/x_test.cc", "std::this_thread::sleep_for(1s);"))
    assert list(problems_in("node/x.cc", "auto t = std::chrono::system_clock::now();"))
    assert list(problems_in("node/x.cc", "int x;  // TO" "DO later"))
    assert list(problems_in("node/x.cc", "const int fd = ::open(path.c_str(), O_RDONLY);"))
    assert list(problems_in("docs/x.md", "see /ho" "me/me/x"))
    assert not list(problems_in("core/base/clock.cc", "return std::chrono::system_clock::now();"))
    assert not list(problems_in("node/x.cc", '// never throw\nlog("throw");'))


def main():
    check_itself()
    docs = sorted((source.ROOT / "docs").rglob("*.md")) if (source.ROOT / "docs").exists() else []
    problems = []
    for file in source.files(*TEXT_SUFFIXES) + docs:
        if file.name != "check_words.py":
            problems += problems_in(file.relative_to(source.ROOT).as_posix(), file.read_text(encoding="utf-8"))
    return source.report(problems)


if __name__ == "__main__":
    sys.exit(main())
