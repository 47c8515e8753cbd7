#!/usr/bin/env python3
"""clang-tidy over our own files of a build directory's compile_commands.json, one process per core. A file that was
clean is looked at again when it, a header of ours below it, or the configuration has changed.
usage: run_tidy.py BUILD_DIR [FILE...]"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import source

# clang 14 knows C++20 coroutines but does not say so in the way that libstdc++ and Boost.Asio ask.
EXTRA = ["-D__cpp_impl_coroutine=201902L", "-DBOOST_ASIO_HAS_CO_AWAIT=1", "-DBOOST_ASIO_HAS_STD_COROUTINE=1",
         "-Wno-unknown-warning-option"]


def our_files(build_dir, wanted):
    entries = json.loads((pathlib.Path(build_dir) / "compile_commands.json").read_text())
    files = {pathlib.Path(e["directory"], e["file"]).resolve() for e in entries}
    ours = {f for f in files if f.is_relative_to(source.ROOT) and not f.is_relative_to(pathlib.Path(build_dir).resolve())}
    return sorted(f for f in ours if not wanted or any(str(f).endswith(w) for w in wanted))


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


def stamp_of(build_dir, file):
    configurations = [source.ROOT / ".clang-tidy", source.ROOT / "tests/.clang-tidy", pathlib.Path(__file__)]
    content = b"".join(hashlib.sha256(p.read_bytes()).digest() for p in [*configurations, *seen_by(file)])
    return pathlib.Path(build_dir, "tidy", hashlib.sha256(str(file).encode() + content).hexdigest())


def tidy(build_dir, file):
    stamp = stamp_of(build_dir, file)
    if stamp.exists():
        return file, 0, ""
    command = ["clang-tidy-14", "--quiet", "-p", build_dir, *(f"--extra-arg={e}" for e in EXTRA), str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        stamp.parent.mkdir(exist_ok=True)
        stamp.touch()
    return file, done.returncode, done.stdout.strip() or done.stderr.strip()


def main(build_dir, *wanted):
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, code, output in pool.map(lambda f: tidy(build_dir, f), our_files(build_dir, wanted)):
            if code != 0:
                bad += 1
                print(output or f"{file}: clang-tidy failed")
    print(f"clang-tidy: {bad} files with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
