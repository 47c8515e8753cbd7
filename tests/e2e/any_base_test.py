#!/usr/bin/env python3
"""Devices that no delta pack fits: the full pack's content that their slots hold already does not cross the WAN. The
real programs; bytes are counted on the seeder's link, so everything is in them: metadata, table, pieces' rounding."""
import random
import unittest

import small_site
from small_site import MIB, CheckedDevice, SmallSite, V1, V2, make_image

PIECE = 64 * 1024
# Metadata, torrent, HTTP and TLS around the payload, for one device and a few checks.
OVERHEAD = 400_000


def edit(source, path, seed):
    """The image with 300 kB changed in one place and 5 kB inserted before the rest: everything behind has moved."""
    rng, image = random.Random(seed), bytearray(source.read_bytes())
    image[MIB:MIB + 300_000] = rng.randbytes(300_000)
    image[2 * MIB:2 * MIB] = rng.randbytes(5_000)
    path.write_bytes(image)


class AnyBase(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=0, publish=False)
        self.addCleanup(self.site.close)
        make_image(self.site.images[V1], 40 * MIB, 11)
        edit(self.site.images[V1], self.site.images[V2], 12)
        self.site.publish(V2, "--deltas", "0")
        self.pack_size = self.site.seeder.packs(V2)[0]["size"]
        self.site.seeder.start()

    def device(self, image=None, version=V1):
        """Runs this image, or v1; its slots have room for v2."""
        self.site.images[version] = image or self.site.images[V1]
        name = self.site.name("dev")
        device = CheckedDevice(name, self.site.switch.plug(name, 100), self.site.programs, self.site.folder,
                               self.site.seeder, self.site.images[version], version=version, slot_bytes=48 * MIB,
                               good=self.site.good())
        self.site.devices.append(device)
        return device

    def update(self, *devices, deadline_s=120):
        """Until all are on v2; returns the bytes that left the seeder."""
        before = self.site.seeder.served()
        for device in devices:
            device.power_on()
        for device in devices:
            self.site.assert_updated(device, deadline_s)
        return self.site.seeder.served() - before

    def planned(self, device):
        """The bytes that its search left to fetch, as its own events say."""
        texts = [e["text"] for e in device.event_log() if e["kind"] == "reuse"]
        self.assertTrue(texts, f"no search in {[e['kind'] for e in device.event_log()]}")
        self.assertIn("on this device", texts[0])
        return float(texts[0].split("; ")[1].split(" ")[0]) * 1e6

    def test_known_content_does_not_cross_the_wan(self):
        device = self.device()
        served = self.update(device)
        predicted, moved = self.planned(device), device.status()["bytes"]
        print(f"pack {self.pack_size}, predicted {predicted:.0f}, wan {moved['wan']}, slot {moved['slot']}, served {served}")
        self.assertLess(predicted, self.pack_size / 2)
        self.assertLessEqual(moved["wan"], predicted + 50_000 + 2 * PIECE)  # of a tenth of a megabyte; the head's piece
        self.assertLessEqual(served, moved["wan"] + OVERHEAD)
        self.assertGreater(moved["slot"], 20 * MIB)

    def test_spare_slot_lends_what_the_booted_one_lacks(self):
        stranger = make_image(self.site.folder / "stranger.img", 40 * MIB, 13)
        device = self.device(stranger, "0.9.0")
        with open(device.slots["b"], "r+b") as slot:  # another release that shares most with v2
            slot.write(self.site.images[V2].read_bytes())
            slot.seek(5 * MIB)
            slot.write(stranger.read_bytes()[:MIB])
        served = self.update(device)
        print(f"pack {self.pack_size}, predicted {self.planned(device):.0f}, served {served}")
        self.assertLess(served, self.pack_size / 2 + OVERHEAD)

    def test_neighbours_with_different_slots_share_what_both_lack(self):
        stranger = make_image(self.site.folder / "stranger.img", 40 * MIB, 14)
        near, far = self.device(), self.device(stranger, "0.9.0")
        served = self.update(near, far)
        wan = sum(d.status()["bytes"]["wan"] for d in (near, far))
        print(f"pack {self.pack_size}, wan {wan}, served {served}")
        self.assertLessEqual(wan, self.pack_size + 16 * PIECE)
        self.assertGreater(near.status()["bytes"]["slot"], 20 * MIB)

    def test_power_cuts_lose_nothing(self):
        self.site.seeder.host.shape(4)
        before = self.site.seeder.served()
        device = self.device()
        device.power_on()
        for share in (0.2, 0.5, 0.8):
            device.wait_for(f"{share} of the wanted bytes", lambda s: s["phase"] in ("verifying", "staged", "trial", "confirmed") or
                            s.get("reuse") and s["reuse"]["planned"] and s["verified_bytes"] > share * s["wanted_bytes"], 90)
            device.cut_power()
        self.site.assert_updated(device, 120)
        served = self.site.seeder.served() - before
        print(f"pack {self.pack_size}, predicted {self.planned(device):.0f}, served {served}")
        self.assertLess(served, self.planned(device) + OVERHEAD + 3 * MIB)  # a cut loses what no checkpoint names


if __name__ == "__main__":
    small_site.main()
