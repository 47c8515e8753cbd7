#!/usr/bin/env python3
"""A node that was taken over: speaks to the real applier and tries one attack, some rounds of it. It runs as the user
that it is given, reads its task from stdin and writes what it found to stdout, both JSON."""
import json
import pathlib
import random
import sys
import traceback

import attacks_on_the_process
import attacks_on_trust
from node_under_control import Node


def attack_named(name):
    for module in (attacks_on_trust, attacks_on_the_process):
        if hasattr(module, name):
            return getattr(module, name)
    raise SystemExit(f"there is no attack {name}")


def without_privileges():
    """Root's powers would make every attack look like a success."""
    status = dict(line.split(":\t", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
    return status["Uid"].split()[1] != "0" and int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0


def main():
    if not without_privileges():
        raise SystemExit("run me as a user without privileges")
    task = json.load(sys.stdin)
    images = {name: pathlib.Path(path).read_bytes() for name, path in task["images"].items()}
    node = Node(task["socket"], task["requests"], images, random.Random(task["seed"]))
    broken = None
    try:
        for _ in range(task["rounds"]):
            attack_named(task["attack"])(node)
    except Exception:  # the judge reads it: an attack that does not run proves nothing
        broken = traceback.format_exc()
    json.dump({"tried": node.tried, "refusals": node.refusals, "gained": node.gained, "broken": broken}, sys.stdout)


if __name__ == "__main__":
    main()
