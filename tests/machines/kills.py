#!/usr/bin/env python3
"""QEMU is killed at random moments of a machine's update and trial, again and again on one disk, each time judged from
outside and then started again: the machine must end on the new release, whichever moment was hit."""
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cage, cases, wait  # noqa: E402
from machines.judge import Incomplete, Judge, Unbootable  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402

V1, V2 = "1.0.0", "2.0.0"
# Of an undisturbed update, at most until a cut: what was done stays done, so longer ones would all fall on its end.
LONGEST_SHARE = 0.6


class Kills:
    """`cuts` power cuts, spread by chance over updates of fresh machines; `cuts_each` of them for each machine."""

    def __init__(self, options, cuts_each=5):
        self.seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
        self.rng, self.cuts_each = random.Random(self.seed), cuts_each
        self.good = 0  # cuts that left a machine that boots a complete release
        self.site = site = MachineSite(options.programs, keep=options.keep)
        for version in (V1, V2):
            site.make(version)
            site.publish(version)
        self.judge = Judge(site.releases(), site.folder)
        site.seeder.start()

    def undisturbed(self):
        """Seconds of an update on this host, now."""
        started = time.monotonic()
        guest = self.site.guest("undisturbed", V1)
        guest.power_on()
        self.converge(guest)
        guest.power_off()
        return time.monotonic() - started

    @staticmethod
    def converge(guest):
        guest.wait_for("confirmed on v2", lambda s: s["version"] == V2 and s["phase"] == "confirmed")

    def one_machine(self, number, length, cuts):
        """Yields a line for each cut; raises when the machine does not survive one."""
        guest = self.site.guest(f"machine-{number}", V1)
        for _ in range(cuts):
            moment = self.rng.uniform(0, LONGEST_SHARE * length)
            guest.power_on()
            wait.pause(moment)
            guest.cut_power()
            slot, version = self.judge.of_file(guest.disk)
            self.good += 1
            yield f"cut after {moment:.1f} s: {version} in slot {slot} boots"
        guest.power_on()
        self.converge(guest)
        guest.power_off()
        yield f"confirmed on {V2}; the loader chose {' '.join(guest.loads())}"


def main():
    options = cases.options(runs=50)
    cage.enter()
    kills = Kills(options)
    print(f"seed {kills.seed}, {options.runs} cuts", flush=True)
    try:
        length = kills.undisturbed()
        print(f"undisturbed: {length:.1f} s", flush=True)
        for number, begin in enumerate(range(0, options.runs, kills.cuts_each)):
            for line in kills.one_machine(number, length, min(kills.cuts_each, options.runs - begin)):
                print(f"machine {number}: {line}", flush=True)
    except (wait.Late, RuntimeError, Unbootable, Incomplete) as error:
        print(f"failed after {kills.good} good cuts: {error}")
        return 1
    finally:
        kills.site.close()
    print(f"ok: {kills.good} cuts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
