#!/usr/bin/env python3
"""Links that are thin, and addresses that do not stay: what has arrived is never fetched again."""
import unittest

import small_site
from lab import wait
from small_site import MIB, SmallSite, V1, V2, make_image

PIECE = 64 * 1024


class PoorLinks(unittest.TestCase):
    def site(self, image_bytes, wan_mbit, changed_share):
        site = SmallSite(small_site.options().programs, image_bytes, wan_mbit)
        self.addCleanup(site.close)
        make_image(site.images[V2], image_bytes, 2, change_of=site.images[V1], changed_share=changed_share)
        site.publish(V2)
        site.seeder.start()
        self.pack_bytes = min(pack["size"] for pack in site.seeder.packs(V2))
        return site

    @staticmethod
    def begin(site, count, pieces):
        """Devices that have so many pieces between them."""
        devices = [site.device(check_interval_s=300) for _ in range(count)]
        for device in devices:
            device.power_on()
        for device in devices:
            device.wait_for("takes a check", lambda s: device.post("check")[0] < 300)
        for device in devices:
            device.wait_for("a part", lambda s: s["verified_bytes"] >= pieces * PIECE, 120)
        return devices

    def fetched(self, devices):
        return sum(s["wan"] + s["wasted"] for s in (d.status()["bytes"] for d in devices))

    def test_a_power_cut_on_a_line_of_56_kilobits_costs_a_piece_at_most(self):
        site = self.site(8 * MIB, 0.056, changed_share=0.025)
        [device] = self.begin(site, 1, pieces=2)
        before = device.status()["verified_bytes"]

        device.cut_power()

        device.wait_for("what was there", lambda s: s["bytes"]["resumed"] >= before, 60)
        site.assert_updated(device, 300)
        self.assertLessEqual(self.fetched([device]), self.pack_bytes + PIECE)

    def change_the_address_of(self, role):
        """Two devices, one with that role while both fetch; both finish, and nothing is fetched again."""
        site = self.site(16 * MIB, 1.5, changed_share=0.5)
        devices = self.begin(site, 2, pieces=1)

        def by_role():
            seen = [(device, device.status()) for device in devices]
            roles = {s["role"]: device for device, s in seen if s and s["phase"] == "fetching"}
            return {"leader", "follower"} <= set(roles) and roles
        wait.until("one leads and one follows", by_role)[role].host.change_address()

        for device in devices:
            site.assert_updated(device)
        self.assertLessEqual(self.fetched(devices), self.pack_bytes * 1.1)

    def test_a_leader_that_gets_another_address_goes_on(self):
        self.change_the_address_of("leader")

    def test_a_follower_that_gets_another_address_goes_on(self):
        self.change_the_address_of("follower")


if __name__ == "__main__":
    small_site.main()
