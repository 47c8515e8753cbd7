#!/usr/bin/env python3
"""A release that says how far back a device may go: what the device refuses from then on, by every way in."""
import re
import unittest

import small_site
from small_site import MIB, SmallSite, V1, V2, sha256


class Floors(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=6 * MIB)
        self.addCleanup(self.site.close)
        self.old_bundle = self.site.folder / "old.bundle"
        self.site.seeder.run("bundle", "--dir", self.site.seeder.folder, "-o", self.old_bundle)

    def updated(self, *floors, boot="uboot"):
        self.site.publish(V2, *floors)
        self.site.seeder.start()
        device = self.site.device(boot)
        device.power_on()
        self.site.assert_updated(device)
        return device

    @staticmethod
    def slot(device, name):
        return next(slot for slot in device.status()["slots"] if slot["name"] == name)

    def assert_no_way_back(self, device):
        device.wait_for("the old slot to be closed", lambda s: any(slot["name"] == "a" and slot["state"] == "unbootable"
                                                                    for slot in s["slots"]))
        code, body = device.post("rollback")
        self.assertGreaterEqual(code, 400, body)
        with self.assertRaisesRegex(RuntimeError, f"{V1}, which is older than {V2}"):
            device.install(self.old_bundle)
        self.assertEqual(device.firmware.choose(), "b")

    def test_a_version_floor_closes_every_way_back(self):
        device = self.updated("--floor", V2)
        self.assert_no_way_back(device)
        device.cut_power()
        device.wait_for("the same after a power cut", lambda s: s["version"] == V2)
        self.assert_no_way_back(device)

    def test_so_it_does_where_the_boot_loader_is_grub(self):
        self.assert_no_way_back(self.updated("--floor", V2, boot="grub"))

    def test_without_a_floor_the_old_slot_stays_the_way_back(self):
        device = self.updated()
        self.assertEqual(self.slot(device, "a")["state"], "confirmed")
        code, body = device.post("rollback")
        self.assertLess(code, 400, body)

    def test_a_data_floor_that_the_old_release_meets_keeps_it(self):
        device = self.updated("--data-floor", V1)
        self.assertEqual(self.slot(device, "a")["state"], "confirmed")

    def test_a_data_floor_above_what_runs_refuses_the_release(self):
        self.site.publish(V2, "--data-floor", V2)
        self.site.seeder.start()
        device = self.site.device()
        spare = sha256(device.slots["b"])
        device.power_on()
        device.wait_for("a refusal", lambda s: re.search(f"could fall back to {V1}",
                                                         f"{s.get('last_error')} {device.event_log()}"))
        self.assertEqual(sha256(device.slots["b"]), spare)
        self.assertEqual(device.boots, ["a"])


if __name__ == "__main__":
    small_site.main()
