#!/usr/bin/env python3
"""A site with a data budget that is smaller than the release: it stops at the wall, stays there over kills, and goes on where
it stopped when the month turns. Clocks of all programs are the lab's."""
import unittest

import small_site
from lab import cage, wait
from lab.casts import BudgetFleet
from lab.topology import Layout, Line, Topology

DEVICES = 2
PAYLOAD_BYTES = 10_000_000 // 4096 * 4096
METADATA_BYTES_MAX = 32 * 1024  # of one device: torrent, release, handshakes


class BudgetTest(unittest.TestCase):
    def setUp(self):
        self.folder = cage.folder()
        self.topology = Topology(Layout(devices=DEVICES, wan=Line(mbit=16)), self.folder)
        self.fleet = BudgetFleet(small_site.options().programs, self.topology, self.folder, PAYLOAD_BYTES)
        self.addCleanup(self.fleet.power_off)
        self.fleet.power_on()

    def test_a_site_stops_at_the_wall_and_goes_on_when_the_month_turns(self):
        self.fleet.start()
        wait.until("the site stands", self.stands, 60, 0.25)
        at_wall = self.wan_bytes()
        self.assertLess(abs(1 - at_wall / self.fleet.budget_bytes), 0.01 + DEVICES * METADATA_BYTES_MAX / self.fleet.budget_bytes)
        self.assert_told("budget_reached")

        for member in self.fleet.members:
            member.device.cut_power()
        for member in self.fleet.members:
            member.device.wait_for("stands after a power cut", lambda s: s["wan_state"] == "budget" and s["verified_bytes"] > 0)
        self.assertLess(self.wan_bytes() - at_wall, DEVICES * METADATA_BYTES_MAX)

        self.fleet.turn_month()
        wait.until("all done", self.all_done, 90, 0.25)
        self.assertEqual(len(self.fleet.check_installed()), DEVICES)
        self.assertLessEqual(self.wan_bytes(), 1.02 * self.fleet.pack_bytes + 2 * DEVICES * METADATA_BYTES_MAX)

    def stands(self):
        self.fleet.look()
        return self.fleet.stands_at_the_wall()

    def all_done(self):
        self.fleet.look()
        return all(member.done for member in self.fleet.members)

    def wan_bytes(self):
        return sum(self.topology.router.streams().values())

    def assert_told(self, kind):
        for member in self.fleet.members:
            self.assertIn(kind, [event["kind"] for event in member.device.event_log()])


if __name__ == "__main__":
    small_site.main()
