#!/usr/bin/env python3
"""Devices fill from the slots of their neighbours: the real programs, bytes counted on the seeder's own counter."""
import os
import unittest

import small_site
from small_site import MIB, CheckedDevice, SmallSite, V1, V2, make_image

PIECE = 64 * 1024
# Metadata and the image's torrent for one device, over HTTPS. The smallest pack is many times that.
METADATA = 120_000


class ImageTorrents(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=24 * MIB)
        self.addCleanup(self.site.close)
        self.site.publish(V2)
        self.image_size = os.path.getsize(self.site.images[V2])
        self.site.seeder.start()

    def update(self, device):
        device.power_on()
        device.wait_for("an answer", lambda s: True)
        device.post("check")

    def updated_site(self, count):
        """Devices that took the delta and boot v2; none of them has the full pack."""
        devices = [self.site.device(check_interval_s=300) for _ in range(count)]
        for device in devices:
            self.update(device)
        for device in devices:
            self.site.assert_updated(device)
        return devices

    def fresh_device(self):
        """It runs something that no pack is made from."""
        stranger = make_image(self.site.folder / "stranger.img", 24 * MIB, 77)
        self.site.images["0.9.0"] = stranger
        name = self.site.name("fresh")
        device = CheckedDevice(name, self.site.switch.plug(name, 20), self.site.programs, self.site.folder,
                               self.site.seeder, stranger, version="0.9.0", check_interval_s=300,
                               slot_bytes=32 * MIB, good=self.site.good())
        self.site.devices.append(device)
        return device

    def test_fresh_device_is_filled_without_the_wan_also_when_it_loses_power(self):
        self.updated_site(3)
        before = self.site.seeder.served()
        fresh = self.fresh_device()
        self.update(fresh)
        running = fresh.wait_for("half of it", lambda s: s["phase"] == "fetching" and s["verified_bytes"] > self.image_size / 2)
        self.assertEqual((running["source"], running["predicted_wan_bytes"]), ("image", 0), running["plan"])
        fresh.cut_power()
        self.site.assert_updated(fresh)

        served, moved = self.site.seeder.served() - before, fresh.status()["bytes"]
        print(f"image {self.image_size}, smallest pack {min(p['size'] for p in self.site.seeder.packs(V2))}, "
              f"seeder gave {served}, fresh device {moved}")
        self.assertEqual(moved["wan"], 0)
        self.assertLess(served, METADATA)
        # What was under way at the cut may come twice; nothing else.
        self.assertLess(moved["lan"], self.image_size + 40 * PIECE)


if __name__ == "__main__":
    small_site.main()
