#!/usr/bin/env python3
"""Two virtual machines with a real boot loader and kernel take a release together over the swarm, reboot into it on
trial, and confirm it."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cases  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402

V1, V2 = "1.0.0", "2.0.0"


class Update(unittest.TestCase):
    def test_two_machines_share_one_release_boot_it_and_confirm_it(self):
        site = MachineSite(options.programs, keep=options.keep)
        self.addCleanup(site.close)
        site.make(V1)
        site.publish(V1)
        site.seeder.start()
        # By hand: who reboots at once is no neighbour to one that emulation made slower.
        guests = [site.guest(name, V1, reboot="manual") for name in ("machine-1", "machine-2")]
        for guest in guests:
            guest.power_on()
        site.make(V2)
        for guest in guests:
            guest.wait_for("up", lambda s: s["version"] == V1 and s["phase"] in ("idle", "confirmed"))
        site.publish(V2)
        for guest in guests:
            guest.wait_for("staged", lambda s: s["phase"] == "staged")
        over_wan = sum(guest.status()["bytes"]["wan"] for guest in guests)
        for guest in guests:
            guest.ask("dunlin-node reboot")
        for guest in guests:
            guest.wait_for("confirmed on v2", lambda s: s["version"] == V2 and s["phase"] == "confirmed")
            guest.power_off()
            self.assertEqual(guest.boots(), [("a", V1), ("b", V2)])
            self.assertTrue(guest.holds("b", site.images[V2]))
        # How exactly once is the lab's subject (site_test); these two have time in which nobody can hear them.
        pack = min(p["size"] for p in site.seeder.packs(V2))
        self.assertLess(over_wan, 1.5 * pack, "each fetched the release for itself")


if __name__ == "__main__":
    options = cases.options()
    cases.main()
