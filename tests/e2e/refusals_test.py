#!/usr/bin/env python3
"""Releases that do not fit a device are refused before the first byte of the spare slot is written, in words."""
import json
import re
import unittest

import small_site
from small_site import MIB, SmallSite, V1, V2, sha256


class Refusals(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=4 * MIB)
        self.addCleanup(self.site.close)

    def refused(self, pattern, publish=(), **settings):
        self.site.publish(V2, *publish)
        self.site.seeder.start()
        device = self.site.device(**settings)
        spare = sha256(device.slots["b"])
        device.power_on()
        device.wait_for(f"a refusal about {pattern}", lambda s: re.search(
            pattern, f"{s.get('last_error')} {json.dumps(device.event_log())}", re.I))
        self.assertEqual(sha256(device.slots["b"]), spare)
        self.site.assert_holds(device, "a", V1)
        self.assertEqual(device.boots, ["a"])

    def test_wrong_hardware(self):
        self.refused(r"hardware.*(toaster|pc)|(toaster|pc).*hardware", publish=("--hardware", "toaster"))

    def test_wrong_product(self):
        self.refused(r"product|no release", product="fridge")

    def test_slot_too_small(self):
        with open(self.site.images[V2], "ab") as image:
            image.write(bytes(range(256)) * 8192)
        self.refused(r"slot.*(small|bytes|holds)", slot_bytes=4 * MIB)


if __name__ == "__main__":
    small_site.main()
