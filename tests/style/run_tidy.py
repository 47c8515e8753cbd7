#!/usr/bin/env python3
"""clang-tidy over our own files of a build directory's compile_commands.json, one process per core.
usage: run_tidy.py BUILD_DIR [FILE...]"""
import concurrent.futures
import json
import os
import pathlib
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


def tidy(build_dir, file):
    command = ["clang-tidy-14", "--quiet", "-p", build_dir, *(f"--extra-arg={e}" for e in EXTRA), str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
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
