#!/usr/bin/env python3
"""A site that never sees its seeder: one bundle updates a device, and nothing is lost to a bad one."""
import os
import unittest

import small_site
from lab import net
from small_site import MIB, SmallSite, V1, V2, sha256

IMAGE_BYTES = 6 * MIB


class BundleTest(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=IMAGE_BYTES)
        self.addCleanup(self.site.close)
        self.site.publish(V2)
        self.bundle = self.site.folder / "edge.bundle"
        self.site.seeder.run("bundle", "--dir", self.site.seeder.folder, "-o", self.bundle)
        self.pack_bytes = next(p["size"] for p in self.site.seeder.packs(V2) if not p.get("base"))

    def wake(self):
        device = self.site.device(check_interval_s=300)
        device.power_on()
        device.wait_for("an answer", bool)
        return device

    def refused(self, device, bundle):
        """What `dunlin-node install` says."""
        with self.assertRaises(RuntimeError) as failure:
            device.install(bundle)
        return str(failure.exception)

    def copy(self, name, change):
        path = self.site.folder / name
        path.write_bytes(self.bundle.read_bytes())
        change(path)
        return path

    def flip(self, offset):
        def change(path):
            with open(path, "r+b") as file:
                file.seek(offset)
                byte = file.read(1)[0]
                file.seek(offset)
                file.write(bytes([byte ^ 1]))
        return change

    def test_a_bundle_updates_a_device_without_wan(self):
        device = self.wake()

        said = device.install(self.bundle)

        self.assertIn(f"installing release {V2}", said)
        self.site.assert_updated(device)
        counted = device.status()["bytes"]
        self.assertEqual((counted["usb"], counted["wan"], counted["lan"]), (self.pack_bytes, 0, 0))
        self.assertIn(f"release {V2} runs here already", device.install(self.bundle))

    def test_that_device_updates_its_neighbours(self):
        first, second = self.wake(), self.wake()

        first.install(self.bundle)

        for device in (first, second):
            self.site.assert_updated(device)
        counted = second.status()["bytes"]
        self.assertEqual((counted["usb"], counted["wan"]), (0, 0))
        self.assertGreater(counted["lan"], 0)

    def test_bad_bundles_are_refused_and_a_good_one_still_works(self):
        device = self.wake()
        spare = sha256(device.slots["b"])
        listing = net.run("tar", "--list", "--verbose", "--block-number", "--file", self.bundle).splitlines()
        targets = next(int(line.split(":")[0].removeprefix("block ")) for line in listing if "targets.json" in line)

        cut = self.copy("cut.bundle", lambda path: os.truncate(path, os.path.getsize(path) // 2))
        self.assertRegex(self.refused(device, cut), r"cut short: it ends after \d+ bytes, in the middle of packs/")
        self.assertIn("no dunlin bundle", self.refused(device, self.site.images[V1]))
        self.assertIn("SHA-256", self.refused(device, self.copy("flip.bundle", self.flip(targets * 512 + 700))))
        self.assertIn("put the file below", self.refused(device, "/nowhere/edge.bundle"))
        self.assertEqual(sha256(device.slots["b"]), spare)

        # Whose pack is damaged is known when the piece is read; pieces before it are not copied again.
        device.install(self.copy("pack.bundle", self.flip(os.path.getsize(self.bundle) - 4096)))
        device.wait_for("the damage found", lambda s: any(e["kind"] == "bundle_damaged" for e in device.event_log()))
        copied = device.status()["bytes"]["usb"]
        self.assertGreater(copied, self.pack_bytes // 2)
        device.install(self.bundle)
        self.site.assert_updated(device)
        self.assertEqual(device.status()["bytes"]["usb"], self.pack_bytes)


if __name__ == "__main__":
    small_site.main()
