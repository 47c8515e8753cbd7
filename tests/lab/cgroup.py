"""A limit on the memory of some programs, page cache included, as a service manager would set it: cgroup v2, or v1 where
that has the memory controller. Groups of dead runs are removed by the next one."""
import itertools
import os
import pathlib
import re

PREFIX = "dunlin-lab-"
_numbers = itertools.count(1)


def hierarchy():
    """(root folder, version) of the hierarchy that limits memory."""
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    for _, folder, kind, options, *_ in mounts:
        if kind == "cgroup2" and "memory" in pathlib.Path(folder, "cgroup.controllers").read_text().split():
            return pathlib.Path(folder), 2
        if kind == "cgroup" and "memory" in options.split(","):
            return pathlib.Path(folder), 1
    raise RuntimeError("this kernel has no memory controller for control groups")


def sweep(root):
    for group in root.glob(PREFIX + "*"):
        try:
            group.rmdir()
        except OSError:  # somebody lives in it
            pass


class MemoryGroup:
    FILES = {1: ("memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control"),
             2: ("memory.max", "memory.peak", "memory.events")}

    def __init__(self, limit_bytes):
        root, version = hierarchy()
        sweep(root)
        if version == 2:
            (root / "cgroup.subtree_control").write_text("+memory")
        limit, self.peak_file, self.events_file = self.FILES[version]
        self.path = root / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}-{next(_numbers)}"
        self.path.mkdir()
        (self.path / limit).write_text(str(limit_bytes))

    def inside(self):
        """The words before a command that make it, and all it starts, run in the group."""
        return ["sh", "-c", f'echo $$ >{self.path}/cgroup.procs && exec "$@"', "sh"]

    def peak_bytes(self):
        return int((self.path / self.peak_file).read_text())

    def kills(self):
        """How many processes the kernel killed because the group was full."""
        return int(re.search(r"^oom_kill (\d+)", (self.path / self.events_file).read_text(), re.M).group(1))
