"""A site small enough to be broken many times: a seeder, devices on files, images of a few tens of MiB."""
import hashlib
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cage, net  # noqa: E402
from lab.cases import main, options  # noqa: E402, F401  (every file of cases calls them)
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

    def __init__(self, *arguments, good=frozenset(), **settings):
        """`good`: (digest, size) of each release."""
        self.good = good
        super().__init__(*arguments, **settings)

    def start(self, slot):
        held = {(sha256(self.slots[slot], size), size) for size in {size for _, size in self.good}}
        if self.good and not held & self.good:
            raise RuntimeError(f"booted slot {slot}, which holds no complete release")
        return super().start(slot)


class SmallSite:
    def __init__(self, programs, image_bytes=24 * MIB, wan_mbit=None, keep=False, publish=True):
        self.lay_out(programs, keep)
        self.images = {V1: make_image(self.folder / "v1.img", image_bytes, 1)}
        self.images[V2] = make_image(self.folder / "v2.img", image_bytes, 2, change_of=self.images[V1])
        self.seeder = Seeder(programs, self.folder / "seeder", self.switch.plug(self.name("seeder"), wan_mbit))
        if publish:
            self.publish(V1)

    def lay_out(self, programs, keep=False):
        self.programs, self.folder, self.devices = programs, cage.folder(keep), []
        self.switch = net.Switch(self.name("lan"))

    def another(self):
        """A site of its own with this one's images and releases. This one must not have been started."""
        site = SmallSite.__new__(SmallSite)
        site.lay_out(self.programs)
        site.images = dict(self.images)
        site.seeder = Seeder(self.programs, site.folder / "seeder", site.switch.plug(self.name("seeder")), like=self.seeder)
        return site

    count = 0
    digests = {}

    @classmethod
    def name(cls, what):
        cls.count += 1
        return f"{what}-{cls.count}"

    def publish(self, version, *options):
        self.seeder.publish(version, self.images[version], "--level", "3", *options)

    def device(self, boot="uboot", **settings):
        name = self.name("dev")
        device = CheckedDevice(name, self.switch.plug(name, 100), self.programs, self.folder, self.seeder,
                               self.images[V1], boot, good=self.good(), **settings)
        self.devices.append(device)
        return device

    def contents(self, version):
        """(digest, size) of an image; it is read once, unless somebody wrote it anew."""
        path = self.images[version]
        key = (path, os.stat(path).st_mtime_ns)
        if key not in self.digests:
            self.digests[key] = sha256(path), os.path.getsize(path)
        return self.digests[key]

    def good(self):
        """What a slot may hold when it is booted."""
        return {self.contents(version) for version in self.images}

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
        digest, size = self.contents(version)
        if sha256(device.slots[slot], size) != digest:
            raise AssertionError(f"{device.name}: slot {slot} does not hold {version}")
