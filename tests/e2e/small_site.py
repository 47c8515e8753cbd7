"""A site small enough to be broken many times: a seeder, devices on files, images of a few tens of MiB."""
import argparse
import hashlib
import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cage, net  # noqa: E402
from lab.device import Device  # noqa: E402
from lab.seeder import Seeder  # noqa: E402

V1, V2 = "1.0.0", "2.0.0"
MIB = 1 << 20


def make_image(path, size, seed, change_of=None, changed_share=0.25):
    """Bytes that compress a little, in 64 KiB cells. With change_of, a share of that image's cells is new."""
    rng, cell = random.Random(seed), 64 * 1024
    with open(path, "wb") as out, open(change_of or os.devnull, "rb") as old:
        for at in range(0, size, cell):
            length = min(cell, size - at)
            kept = old.read(length) if change_of and rng.random() > changed_share else b""
            old.seek(at + length)
            fresh = rng.randbytes(length // 2) + b"configuration = value\n" * (length // 44 + 1)
            out.write(kept if len(kept) == length else fresh[:length])
    return path


def sha256(path, size=None):
    digest = hashlib.sha256()
    left = os.path.getsize(path) if size is None else size
    with open(path, "rb") as file:
        while left > 0:
            block = file.read(min(left, 4 * MIB))
            if not block:
                break
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


class CheckedDevice(Device):
    """Its firmware refuses to play when the chosen slot holds anything but a whole release."""

    def __init__(self, *arguments, images=(), **settings):
        self.good = {(sha256(i), os.path.getsize(i)) for i in images}
        super().__init__(*arguments, **settings)

    def start(self, slot):
        if self.good and not any(sha256(self.slots[slot], size) == digest for digest, size in self.good):
            raise RuntimeError(f"booted slot {slot}, which holds no complete release")
        return super().start(slot)


class SmallSite:
    def __init__(self, programs, image_bytes=24 * MIB, wan_mbit=None, keep=False, publish=True):
        self.programs, self.folder = programs, cage.folder(keep)
        self.switch = net.Switch(self.name("lan"))
        self.images = {V1: make_image(self.folder / "v1.img", image_bytes, 1)}
        self.images[V2] = make_image(self.folder / "v2.img", image_bytes, 2, change_of=self.images[V1])
        self.seeder = Seeder(programs, self.folder / "seeder", self.switch.plug(self.name("seeder"), wan_mbit))
        if publish:
            self.publish(V1)
        self.devices = []

    count = 0

    @classmethod
    def name(cls, what):
        cls.count += 1
        return f"{what}-{cls.count}"

    def publish(self, version, *options):
        self.seeder.publish(version, self.images[version], "--level", "3", *options)

    def device(self, boot="uboot", **settings):
        name = self.name("dev")
        device = CheckedDevice(name, self.switch.plug(name, 100), self.programs, self.folder, self.seeder,
                               self.images[V1], boot, images=self.images.values(), **settings)
        self.devices.append(device)
        return device

    def close(self):
        for device in self.devices:
            device.power_off()
        if self.seeder.process:
            self.seeder.stop()

    # What tests ask again and again.

    def assert_updated(self, device, deadline_s=90):
        device.wait_for("confirmed on v2", lambda s: s["version"] == V2 and s["phase"] == "confirmed", deadline_s)
        self.assert_holds(device, device.boots[-1], V2)

    def assert_holds(self, device, slot, version):
        image = self.images[version]
        if sha256(device.slots[slot], os.path.getsize(image)) != sha256(image):
            raise AssertionError(f"{device.name}: slot {slot} does not hold {version}")


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("tests", nargs="*")
    chosen = parser.parse_args()
    chosen.programs = chosen.programs.resolve()
    return chosen


def main():
    """For a file of unittest cases: enters the cage, runs them (or the named ones), one line each."""
    chosen = options()
    cage.enter()
    unittest.main(module="__main__", argv=["test", "-v", *chosen.tests], verbosity=2)
