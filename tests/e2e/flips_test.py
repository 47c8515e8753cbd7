#!/usr/bin/env python3
"""One flipped bit anywhere between the operator's disk and the spare slot: it is refused, the message says which thing
it was in, nothing bad becomes bootable, and the device updates as soon as the bit is right again."""
import json
import unittest

import small_site
from small_site import MIB, SmallSite, V1, V2


def flip(path, at=None):
    """Flips one bit, in the middle unless told where. Calling it again mends the file."""
    with open(path, "r+b") as file:
        size = file.seek(0, 2)
        where = size // 2 if at is None else at
        file.seek(where)
        byte = file.read(1)[0]
        file.seek(where)
        file.write(bytes([byte ^ 4]))


class Flips(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pattern = SmallSite(small_site.options().programs, image_bytes=12 * MIB)
        cls.pattern.publish(V2)

    def setUp(self):
        self.site = self.pattern.another()
        self.addCleanup(self.site.close)

    def refused(self, path, pattern):
        """A device sees the damaged file and complains; after mending it updates."""
        flip(path)
        self.site.seeder.start()
        device = self.site.device()
        device.power_on()
        status = device.wait_for(f"a complaint about {pattern}", lambda s: self.complains(device, s, pattern), 60)
        self.assertEqual(status["version"], V1)
        self.assertEqual(set(device.boots), {"a"})
        flip(path)
        self.site.seeder.stop()
        self.site.seeder.start()
        self.site.assert_updated(device)

    @staticmethod
    def complains(device, status, pattern):
        import re
        return re.search(pattern, f"{status.get('last_error')} {json.dumps(device.event_log())}", re.I)

    def pack_in_use(self):
        return min(self.site.seeder.packs(V2), key=lambda pack: pack["size"])

    def repository_file(self, name):
        return self.site.seeder.folder / "repository" / name

    def test_pack(self):
        path = self.repository_file(self.pack_in_use()["path"])
        self.refused(path, r"pack|piece")

    def test_torrent(self):
        self.refused(self.repository_file(self.pack_in_use()["torrent"]["path"]), r"torrent")

    def test_manifest(self):
        self.refused(next(p for p in self.site.seeder.files("targets") if p.name.endswith(".2.0.0.json")), r"manifest|releases/")

    def test_timestamp(self):
        self.refused(self.repository_file("metadata/timestamp.json"), r"timestamp")

    def test_snapshot(self):
        self.refused(self.newest("snapshot"), r"snapshot")

    def test_targets(self):
        self.refused(self.newest("targets"), r"targets")

    def newest(self, role):
        numbered = [p for p in self.site.seeder.files("metadata") if p.name.endswith(f".{role}.json")]
        return max(numbered, key=lambda p: int(p.name.split(".")[0]))

    def test_spare_slot(self):
        """The bit flips behind the writer's back, in what is already written: the read-back must see it."""
        self.site.seeder.host.shape(3)
        self.site.seeder.start()
        device = self.site.device()
        device.power_on()
        device.wait_for("the beginning written", lambda s: s["phase"] == "fetching" and s["compared_bytes"] > 65536)
        flip(device.slots["b"], 4096)
        device.wait_for("a complaint about the slot", lambda s: self.complains(device, s, r"slot b"), 60)
        self.assertEqual(set(device.boots), {"a"})
        self.site.assert_updated(device)


if __name__ == "__main__":
    small_site.main()
