#!/usr/bin/env python3
"""Bad releases on a virtual machine: whatever they do, it runs the old release again and says why. One machine takes
them one after the other; each is staged by hand, so that a test can prepare how the trial boots."""
import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cases  # noqa: E402
from machines.disk_image import PARTITIONS  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402

GOOD = "1.0.0"
# A self-test is the release's own code: here it does what a bad release would.
SELF_TEST_FAILS = "echo 'schema 7 expected, 6 found'; exit 1"
KERNEL_PANICS = "echo c >/proc/sysrq-trigger"
EVERYTHING_STOPS = "kill -STOP -1"


class Rollback(unittest.TestCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.site = site = MachineSite(options.programs, keep=options.keep)
        cls.addClassCleanup(site.close)
        site.make(GOOD)
        cls.guest = site.guest("machine", GOOD, reboot="manual")
        cls.guest.power_on()
        site.publish(GOOD)
        site.seeder.start()

    def stage(self, *self_test):
        """The machine has a new release in its spare slot, armed, and waits for the word to reboot. Its version."""
        version = f"2.0.{next(self.numbers)}"
        self.site.make(version, {"20-application": "#!/bin/sh\n" + "\n".join(self_test) + "\n"})
        self.site.publish(version)
        self.guest.wait_for(f"{version} staged", lambda s: s["phase"] == "staged" and s["target_version"] == version)
        return version

    def falls_back(self, version, reason):
        """The trial slot was started once, then the old one, and the machine says why."""
        self.guest.wait_for("back", lambda s: s["version"] == GOOD and s["phase"] == "fell_back")
        text = [e["text"] for e in self.guest.event_log() if e["kind"] == "fell_back" and e["version"] == version]
        self.assertEqual(len(text), 1)
        self.assertRegex(text[0], reason)
        self.assertEqual(self.guest.loads()[-2:], ["b", "a"])
        self.assertTrue(self.guest.holds("a", self.site.images[GOOD]))

    def test_a_failed_self_test(self):
        version = self.stage(SELF_TEST_FAILS)
        self.guest.ask("dunlin-node reboot")
        self.falls_back(version, "20-application.*schema 7 expected")

    def test_a_kernel_panic(self):
        version = self.stage(KERNEL_PANICS)
        self.guest.ask("dunlin-node reboot")
        self.falls_back(version, "the kernel panicked")

    def test_a_hang_is_ended_by_the_watchdog(self):
        version = self.stage(EVERYTHING_STOPS)
        self.restart(instructions=True)
        self.falls_back(version, "watchdog")
        self.restart()

    def test_a_root_that_was_damaged_after_the_flags_were_set(self):
        version = self.stage("true")
        self.guest.cut_power()
        self.guest.disk.write(PARTITIONS["root-b"].start, bytes(4096))
        self.guest.power_on()
        self.falls_back(version, "the kernel panicked")

    def restart(self, **how):
        self.guest.cut_power()
        self.guest.power_on(**how)


if __name__ == "__main__":
    options = cases.options()
    cases.main()
