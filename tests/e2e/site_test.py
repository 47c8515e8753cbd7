#!/usr/bin/env python3
"""A site behind one router and a lossy line fetches a release once: counted at the router's WAN interface, with a cut in
the middle."""
import unittest

import small_site
from lab import cage
from lab.fleet import Fleet
from lab.schedule import Cut
from lab.topology import Layout, Line, Topology
from lab.watch import Watch

DEVICES = 3
PAYLOAD_BYTES = 4_000_000 // 4096 * 4096
METADATA_BYTES_MAX = 32 * 1024  # of one device: torrent, release, handshakes
# A cut answer loses nothing (docs/swarm.md) that has arrived; what TCP still held back is sent again.
SENT_AGAIN_MAX = 256 * 1024
CUT_S = 6  # the connection does not outlive it


class SiteTest(unittest.TestCase):
    def update(self, prefix, faults=(), own_settings=None):
        """(outcome, pack size) of one update of a fresh site."""
        folder = cage.folder()
        topology = Topology(Layout(devices=DEVICES, wan=Line(mbit=8, loss=0.005)), folder, prefix)
        fleet = Fleet(small_site.options().programs, topology, folder, PAYLOAD_BYTES, own_settings=own_settings)
        self.addCleanup(fleet.power_off)
        fleet.power_on()
        return Watch(fleet, topology, faults).run(deadline_s=60), fleet.pack_bytes

    def test_a_release_crosses_the_wan_once_though_the_line_is_cut(self):
        outcome, pack_bytes = self.update("a-", [Cut(for_s=CUT_S, at_share=0.4)])

        self.assertEqual(len(outcome.happened), 2, "cut and restored")
        self.assertEqual(outcome.installed, DEVICES)
        self.assertGreaterEqual(outcome.payload_bytes, pack_bytes)
        self.assertLessEqual(outcome.payload_bytes, pack_bytes + SENT_AGAIN_MAX)
        self.assertLessEqual(outcome.stream_bytes, pack_bytes + SENT_AGAIN_MAX + DEVICES * METADATA_BYTES_MAX)

    def test_the_router_sees_when_every_device_fetches_for_itself(self):
        """The counter can tell: devices that do not know of each other cost the WAN the payload each."""
        outcome, pack_bytes = self.update("b-", own_settings=lambda number: {"site": f"lab-{number}"})

        self.assertEqual(outcome.installed, DEVICES)
        self.assertGreaterEqual(outcome.stream_bytes, DEVICES * pack_bytes)
        self.assertGreaterEqual(outcome.payload_bytes, DEVICES * pack_bytes)


if __name__ == "__main__":
    small_site.main()
