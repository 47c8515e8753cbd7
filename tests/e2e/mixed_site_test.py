#!/usr/bin/env python3
"""A site of mixed versions on a thin line: the device with the small delta brings the release, the one that would have
to fetch the full pack leaves it and fills from its neighbour."""
import unittest

import small_site
from small_site import MIB, CheckedDevice, SmallSite, V1, V2, make_image


class MixedSite(unittest.TestCase):
    def test_the_rest_of_a_full_pack_stays_where_it_is_when_a_neighbour_has_the_image(self):
        site = SmallSite(small_site.options().programs, image_bytes=24 * MIB, wan_mbit=6)
        self.addCleanup(site.close)
        site.publish(V2)
        full, delta = (p["size"] for p in site.seeder.packs(V2))
        site.seeder.start()
        near = site.device(check_interval_s=300)
        stranger = site.images["0.9.0"] = make_image(site.folder / "stranger.img", 24 * MIB, 77)
        name = site.name("dev")
        far = CheckedDevice(name, site.switch.plug(name, 100), site.programs, site.folder, site.seeder, stranger,
                            version="0.9.0", check_interval_s=300, slot_bytes=32 * MIB, good=site.good())
        site.devices.append(far)
        for device in (near, far):
            device.power_on()
            device.wait_for("an answer", lambda s: True)
            device.post("check")

        for device in (near, far):
            site.assert_updated(device)

        events = [e["kind"] for e in far.event_log()]
        wan = {d.name: d.status()["bytes"]["wan"] for d in (near, far)}
        print(f"full pack {full}, delta {delta}, wan {wan}")
        self.assertIn("image_near", events)
        self.assertLess(wan[far.name], full - MIB)
        self.assertLessEqual(wan[near.name], delta)


if __name__ == "__main__":
    small_site.main()
