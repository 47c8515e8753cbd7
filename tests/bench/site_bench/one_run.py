#!/usr/bin/env python3
"""One scenario with one tool, in a cage of its own: the last line of output is the run as one JSON object."""
import argparse
import dataclasses
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from bench.site_bench.scenarios import SCENARIOS  # noqa: E402
from lab import cage, idle  # noqa: E402
from lab.cgroup import MemoryGroup  # noqa: E402
from lab.foreign.fleet import ForeignFleet  # noqa: E402
from lab.topology import Topology  # noqa: E402
from lab.watch import Watch  # noqa: E402

PATIENCE = 6  # times payload/rate; then whoever is not done has failed


def layout_for(scenario, tool):
    devices = scenario.http_devices if tool == "http" else None
    return dataclasses.replace(scenario.layout, devices=devices) if devices else scenario.layout


def spoiled_mark(folder, number):
    return pathlib.Path(folder, f"spoiled-{number}")


def fleet_for(scenario, tool, topology, folder, options):
    size = options.payload_mb * 1_000_000 // 4096 * 4096
    if tool != "dunlin":
        return ForeignFleet(tool, topology, folder, size)

    def spoils(number):
        return {"environment": {"LD_PRELOAD": str(options.programs / "dunlin_corrupt_sender.so"),
                                "DUNLIN_SPOILED": str(spoiled_mark(folder, number))}}

    def own_settings(number):
        group = MemoryGroup(scenario.node_memory_mib << 20) if scenario.node_memory_mib else None
        uplink = {"wan": "own"} if topology.layout.own_uplinks else {}
        return (spoils(number) if number in scenario.spoiling else {}) | {"node_memory": group} | uplink

    fleet = scenario.cast(options.programs, topology, folder, size, own_settings=own_settings)
    for number in scenario.spoiling:
        fleet.members[number - 1].bystander = True
    return fleet


def run(scenario, tool, options):
    folder = cage.folder(options.keep) if scenario.node_memory_mib else cage.memory_folder(options.keep)
    layout = layout_for(scenario, tool)
    topology = Topology(layout, folder)
    fleet = fleet_for(scenario, tool, topology, folder, options)
    try:
        fleet.power_on()
        ideal_s = fleet.pack_bytes * 8 / (layout.wan_mbit * 1e6)
        faults = scenario.faults_for(ideal_s)
        # Plain HTTP takes the payload once per device.
        copies = layout.count if tool == "http" else 1
        deadline_s = PATIENCE * ideal_s * max(1, copies / 4) + sum(getattr(f, "for_s", 0) for f in faults)
        outcome = Watch(fleet, topology, faults).run(deadline_s)
        more = afterwards(scenario, fleet) | {"spoiled": [spoiled_mark(folder, n).exists() for n in scenario.spoiling]}
    finally:
        fleet.power_off()
    return vars(outcome) | more


def afterwards(scenario, fleet):
    """What is asked of the site once the update is over."""
    groups = fleet.memory_groups()
    return {"pack_bytes": fleet.pack_bytes, "image_bytes": fleet.image_bytes,
            "banned_by": [fleet.banned_by(fleet.members[number - 1].address) for number in scenario.spoiling],
            "node_memory_peaks": [g.peak_bytes() for g in groups], "node_kills": sum(g.kills() for g in groups),
            } | fleet.more() | (idle.measure(fleet, scenario.idle_s) if scenario.idle_s else {})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("tool")
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--payload-mb", type=int, required=True)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    cage.enter()
    print(json.dumps(run(SCENARIOS[options.scenario], options.tool, options)))


if __name__ == "__main__":
    main()
