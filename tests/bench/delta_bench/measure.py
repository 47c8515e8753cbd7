"""Runs a program and tells what it cost: CPU seconds, seconds by the clock, peak memory."""
import dataclasses
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import time

NOTE_AFTER_S = 15


@dataclasses.dataclass
class Cost:
    cpu_s: float
    wall_s: float
    rss_mb: float


class Failed(Exception):
    """A tool did not do its work; the message has its last words."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure(argv):
    """(Cost, standard output) of one run. GNU time stands between, so that this process's memory is not the child's peak."""
    argv = [str(word) for word in argv]
    with tempfile.NamedTemporaryFile("r") as figures, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(["time", "--quiet", "-o", figures.name, "-f", "%U %S %e %M", *argv],
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        try:
            wait_aloud(child)
        except BaseException:
            child.terminate()
            child.wait()
            raise
        output, complaints = text_in(out), text_in(errors)
        if child.returncode != 0:
            raise Failed(f"{' '.join(argv)}: exit {child.returncode}: {(complaints or output)[-400:]}")
        user, system, wall, kib = figures.read().split()
    cost = Cost(round(float(user) + float(system), 2), float(wall), round(int(kib) / 1024, 1))
    return cost, output


def text_in(file):
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def wait_aloud(child):
    """Says now and then that it still runs: some tools need many minutes and say nothing."""
    began = time.monotonic()
    while True:
        try:
            return child.wait(NOTE_AFTER_S)
        except subprocess.TimeoutExpired:
            say(f"      ... {time.monotonic() - began:.0f} s")


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def size_of(path):
    return pathlib.Path(path).stat().st_size
