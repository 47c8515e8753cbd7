#!/usr/bin/env python3
"""Laboratory B: a virtual machine takes an update while the block layer logs every write and flush; then the power is cut after
each of them, in every way that a disk with a volatile cache may lose what was not flushed, and each disk that results is
judged. Some are booted: the machine must come up as judged, and end on the new release. build/bench/crash.json keeps it."""
import argparse
import collections
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cage, crash_report, wait  # noqa: E402
from machines.exploration import Exploration, sample  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402
from machines.recording import Recording, converge  # noqa: E402

STATES_WANTED = 2000
FINDINGS_SHOWN = 20
ROOT = pathlib.Path(__file__).resolve().parents[2]


class CrashBench:
    def __init__(self, options):
        self.options = options
        self.recording = Recording(options.output / "crash-machines")
        self.findings, self.verdicts = [], collections.Counter()

    def explore(self, **how):
        return Exploration(self.recording.before, self.recording.log, self.recording.releases(), self.options.seed, **how)

    def judge(self):
        """Every state; returns the counts and a sample of good ones."""
        started, exploration = time.monotonic(), self.explore()
        good = sample(self.noted(exploration.states()), self.options.boots, self.options.seed)
        words = ", ".join(f"{count:,} boot {version} in slot {slot}" for (slot, version), count in sorted(self.verdicts.items()))
        print(f"{exploration.counts['states']:,} crash states judged in {time.monotonic() - started:.0f} s: {words}", flush=True)
        return exploration.counts, good

    def noted(self, states):
        """Those without a fault."""
        for state in states:
            if state.fault:
                self.findings.append(state.fault)
                continue
            self.verdicts[state.verdict] += 1
            yield state

    def catches_a_machine_that_never_flushes(self):
        counts = (exploration := self.explore(forgetful=True)).counts
        for _ in exploration.states():
            pass
        print(f"the same writes without their flushes: {counts['incomplete']} of {counts['states']} states incomplete", flush=True)
        return counts["incomplete"] > 0

    def boot(self, guest, state):
        """True when the machine comes up as judged and ends on the new release."""
        self.recording.materialise(state, guest.disk.path)
        before = len(guest.boots())
        guest.power_on()
        try:
            guest.wait_for_boot(before + 1)
            if guest.boots()[before] != state.verdict:
                raise RuntimeError(f"it booted {guest.boots()[before]}")
            converge(guest)
        except (wait.Late, RuntimeError) as error:
            self.findings.append(f"nonconverging: {state}, judged {state.verdict}: {error}")
            return False
        finally:
            guest.cut_power()
        print(f"{state}: booted {state.verdict[1]} in slot {state.verdict[0]}, as judged, and came to its end", flush=True)
        return True

    def run(self):
        site = MachineSite(self.options.programs)
        try:
            guest = self.recording.take(site)
            counts, good = self.judge()
            caught = self.catches_a_machine_that_never_flushes()
            counts["nonconverging"] = sum(not self.boot(guest, state) for state in good)
        finally:
            site.close()
        return self.report({"backend": "grub", **counts, "booted": len(good)}, caught)

    def report(self, row, caught):
        for finding in self.findings[:FINDINGS_SHOWN]:
            print(finding)
        path = crash_report.keep(self.options.output, "B", [row], {"machine-never-flushes": caught}, self.options.seed)
        print(f"{row['states']:,} crash states, {len(self.findings)} faults, {row['booted']} booted; a machine that never flushes "
              f"is {'caught' if caught else 'NOT CAUGHT'}; seed {self.options.seed}; {path}")
        return 0 if caught and not self.findings and row["states"] >= STATES_WANTED else 1

    def replay(self, number):
        """Judges one state of the last recording again and leaves its disk beside it."""
        for state in self.explore().states():
            if state.number == number:
                disk = self.recording.folder / "state.img"
                self.recording.materialise(state, disk)
                print(f"{state.fault or f'{state}: boots {state.verdict[1]} in slot {state.verdict[0]}'}; its disk: {disk}")
                return 1 if state.fault else 0
        sys.exit(f"the recording has no state {number}")


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench crash machines", description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed tries other subsets by chance")
    parser.add_argument("--boots", type=int, default=10, metavar="N", help="so many crash states are booted")
    parser.add_argument("--replay", type=int, metavar="STATE", help="only this state of the last recording, with its seed")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "bench", metavar="DIR")
    chosen = parser.parse_args()
    chosen.programs = chosen.programs.resolve()
    return chosen


def main():
    options = arguments()
    if options.replay is not None:
        return CrashBench(options).replay(options.replay)
    cage.enter()
    print(f"seed {options.seed}", flush=True)
    return CrashBench(options).run()


if __name__ == "__main__":
    sys.exit(main())
