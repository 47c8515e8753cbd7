#!/usr/bin/env python3
"""Images of 3 GiB (sparse) and of odd sizes go the whole way, from publish to the confirmed slot, in bounded memory."""
import os
import unittest

import small_site
from small_site import MIB, SmallSite, V1, V2, make_image

NODE_PEAK_KIB = 64 * 1024


def grow(path, size, marks):
    """Makes a sparse image of `size` with a little content at the marks, beyond every 32-bit border."""
    with open(path, "r+b") as file:
        file.truncate(size)
        for mark in marks:
            file.seek(mark)
            file.write(f"content at {mark}\n".encode() * 5000)
    return path


class Sizes(unittest.TestCase):
    def go(self, size_v1, size_v2, slot_bytes, marks=()):
        site = SmallSite(small_site.options().programs, image_bytes=0, publish=False)
        self.addCleanup(site.close)
        make_image(site.images[V1], min(size_v1, 8 * MIB), 3)
        make_image(site.images[V2], min(size_v2, 8 * MIB), 4, change_of=site.images[V1])
        grow(site.images[V1], size_v1, ())
        grow(site.images[V2], size_v2, marks)
        site.publish(V1)
        site.publish(V2)
        site.seeder.start()
        device = site.device(slot_bytes=slot_bytes)
        device.power_on()
        site.assert_updated(device, 300)
        if "asan" not in str(site.programs) and "tsan" not in str(site.programs):
            self.assertLess(device.peak_kib["node"], NODE_PEAK_KIB, "peak memory of the node, KiB")
        return device

    def test_three_gibibytes_sparse(self):
        size = 3 << 30
        device = self.go(size, size, size, marks=((1 << 31) - 30_000, (1 << 31) + (1 << 29), size - 200_000))
        self.assertLess(os.stat(device.slots["b"]).st_blocks * 512, 128 * MIB, "holes were written")

    def test_odd_sizes(self):
        for size_v1, size_v2 in ((5_000_001, 5_000_001), (4_194_304, 4_194_305), (6_000_000, 1), (1, 3 * MIB + 4095)):
            with self.subTest(size_v1=size_v1, size_v2=size_v2):
                self.go(size_v1, size_v2, 8 * MIB)


if __name__ == "__main__":
    small_site.main()
