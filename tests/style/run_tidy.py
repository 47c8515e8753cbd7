#!/usr/bin/env python3
"""clang-tidy over our own files of a build directory's compile_commands.json, one process per core. Product files of
a folder are read ten at a time, as from-scratch builds compile them: most of the time goes into the headers they
share. Tests are read only when asked for (--tests, or by name), one by one, for what would make a test lie: that takes
an hour on two cores, and they have the compiler's warnings, the sanitizers and the style checks. What was clean is looked at
again when it, a header of ours below it, or the configuration has changed.
usage: run_tidy.py BUILD_DIR [--tests] [FILE...]"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import source

# clang 14 knows C++20 coroutines but does not say so in the way that libstdc++ and Boost.Asio ask.
EXTRA = ["-D__cpp_impl_coroutine=201902L", "-DBOOST_ASIO_HAS_CO_AWAIT=1", "-DBOOST_ASIO_HAS_STD_COROUTINE=1",
         "-Wno-unknown-warning-option"]
GROUP_SIZE = 10


def our_entries(build_dir, wanted, with_tests):
    """{file: its entry of compile_commands.json}, without generated files."""
    found = {}
    for entry in json.loads((build_dir / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["directory"], entry["file"]).resolve()
        ours = file.is_relative_to(source.ROOT) and not file.is_relative_to(build_dir)
        chosen = any(str(file).endswith(w) for w in wanted) if wanted else with_tests or not is_test(file)
        if ours and chosen:
            found[file] = entry
    return found


def is_test(file):
    return source.ROOT / "tests" in file.parents


def flags_of(entry):
    words = shlex.split(entry["command"])
    return [w for w in words[1:] if w.startswith(("-D", "-I", "-isystem", "-W", "-std"))]


def groups_of(entries):
    """Lists of files that are read together: of one folder and with the same flags."""
    together = {}
    for file in sorted(entries):
        alone = file.name == "main.cc" or is_test(file)
        key = str(file) if alone else (str(file.parent), *flags_of(entries[file]))
        together.setdefault(key, []).append(file)
    for files in together.values():
        yield from (files[i:i + GROUP_SIZE] for i in range(0, len(files), GROUP_SIZE))


@functools.lru_cache(maxsize=None)
def seen_by(file):
    """The file and every header of ours that it includes, directly or not."""
    found, open_ends = set(), [file]
    while open_ends:
        path = open_ends.pop()
        if path not in found and path.exists():
            found.add(path)
            names = re.findall(r'^\s*#\s*include\s*"([^"]+)"', path.read_text(encoding="utf-8"), re.M)
            open_ends += [source.ROOT / name for name in names]
    return sorted(found)


def stamp_of(build_dir, files):
    configurations = [source.ROOT / ".clang-tidy", source.ROOT / "tests/.clang-tidy", pathlib.Path(__file__)]
    seen = sorted({path for file in files for path in seen_by(file)})
    content = b"".join(hashlib.sha256(p.read_bytes()).digest() for p in [*configurations, *seen])
    return build_dir / "tidy" / hashlib.sha256(" ".join(map(str, files)).encode() + content).hexdigest()


def read_as_one(stamp, files):
    """The file to give to clang-tidy; its folder decides which .clang-tidy holds."""
    if len(files) == 1:
        return files[0]
    merged = stamp.with_suffix(".cc")
    merged.write_text("".join(f'#include "{file}"\n' for file in files), encoding="utf-8")
    return merged


def tidy(build_dir, entries, files):
    stamp = stamp_of(build_dir, files)
    if stamp.exists():
        return 0, ""
    # Product code includes no .cc; a group is nothing else.
    command = ["clang-tidy-14", "--quiet", "--checks=-bugprone-suspicious-include", str(read_as_one(stamp, files)), "--",
               *flags_of(entries[files[0]]), *EXTRA]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        stamp.touch()
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def main(build_dir, *wanted):
    build_dir = pathlib.Path(build_dir).resolve()
    (build_dir / "tidy").mkdir(exist_ok=True)
    entries = our_entries(build_dir, [w for w in wanted if w != "--tests"], "--tests" in wanted)
    groups = sorted(groups_of(entries), key=len, reverse=True)  # the long ones first
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for files, (code, output) in zip(groups, pool.map(lambda g: tidy(build_dir, entries, g), groups)):
            if code != 0:
                bad += 1
                print(output or f"clang-tidy failed: {' '.join(map(str, files))}")
    print(f"clang-tidy: {len(entries)} files, {bad} of {len(groups)} groups with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
