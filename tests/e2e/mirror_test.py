#!/usr/bin/env python3
"""Devices learn of a release from their neighbours' mirrors, and take its metadata, manifest and torrent from there."""
import unittest

import small_site
from small_site import SmallSite, V2

NOWHERE = "https://192.0.2.1:8443"  # nobody answers there


class MirrorTest(unittest.TestCase):
    def site(self):
        site = SmallSite(small_site.options().programs, wan_mbit=20)
        self.addCleanup(site.close)
        site.seeder.start()
        return site

    @staticmethod
    def check(device):
        """The first check comes only after a while by itself."""
        device.wait_for("an answer", lambda s: True)
        device.wait_for("takes a check", lambda s: device.post("check")[0] < 300)

    def test_one_device_asks_the_wan_and_the_others_hear_of_it(self):
        site = self.site()
        asker, listener = (site.device(check_interval_s=300) for _ in range(2))
        unconnected = site.device(check_interval_s=300, wan="never", url=NOWHERE)
        for device in (asker, listener):
            device.power_on()
            self.check(device)
            device.wait_for("rests", lambda s: s["last_check"] and s["phase"] == "confirmed")
        unconnected.power_on()
        at_rest = listener.status()["metadata_bytes"]

        site.publish(V2, "--deltas", "0")
        asker.post("check")

        fetching = listener.wait_for("fetches", lambda s: s["phase"] == "fetching" and s)["metadata_bytes"]
        for device in (asker, listener, unconnected):
            site.assert_updated(device)
        self.assertEqual(fetching["wan"], at_rest["wan"], "the listener asked the WAN for something")
        self.assertGreater(fetching["lan"], at_rest["lan"])
        self.assertEqual(unconnected.status()["metadata_bytes"]["wan"], 0)

    def test_a_neighbour_that_serves_garbage_is_passed_over(self):
        site = self.site()
        spoils = {"LD_PRELOAD": str(site.programs / "dunlin_corrupt_sender.so")}
        spoiler = site.device(check_interval_s=300, environment=spoils)
        site.publish(V2, "--deltas", "0")
        spoiler.power_on()
        self.check(spoiler)
        site.assert_updated(spoiler)
        device = site.device(check_interval_s=300)

        device.power_on()
        self.check(device)

        def told():
            return [e["text"] for e in device.event_log() if e["kind"] == "mirror_passed_over"]
        device.wait_for("goes on without the spoiler", lambda s: s["phase"] == "fetching" and told())
        self.assertIn(spoiler.name, told()[0])
        self.assertIn("is not the signed file", told()[0])
        self.assertGreater(device.status()["metadata_bytes"]["wan"], 0)


if __name__ == "__main__":
    small_site.main()
