#!/usr/bin/env python3
"""Those who judge machines' disks without booting them are judged first: on disks from the factory that were broken on
purpose, and against the tools that made them."""
import os
import pathlib
import random
import shutil
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import firmware  # noqa: E402
from lab.net import run  # noqa: E402
from machines import crash_states, write_log  # noqa: E402
from machines.disk_image import PARTITIONS, DiskImage  # noqa: E402
from machines.fat import Fat  # noqa: E402
from machines.judge import Incomplete, Judge, Release, Unbootable  # noqa: E402

IMAGE_BYTES = 64 * 1024


class Factory(unittest.TestCase):
    """A disk with release 1 in slot a; release 2 exists."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        boot, data = cls.folder / "boot", cls.folder / "data"
        data.mkdir()
        cls.releases = [cls.release(version) for version in ("1", "2")]
        boot.mkdir()
        firmware.flash_grub(boot)
        for name in ("vmlinuz", "initrd.img"):
            (boot / f"a-{name}").write_bytes((cls.folder / "tree-1/usr/lib" / name).read_bytes())
        cls.disk = DiskImage(cls.folder / "disk.img", cls.folder / "1.img", boot, data)
        shutil.copy(cls.disk.path, cls.folder / "fresh.img")
        cls.judge = Judge(cls.releases, cls.folder)

    def setUp(self):
        shutil.copy(self.folder / "fresh.img", self.disk.path)

    @classmethod
    def release(cls, version):
        image, files = cls.folder / f"{version}.img", cls.folder / f"tree-{version}/usr/lib"
        image.write_bytes(random.Random(version).randbytes(IMAGE_BYTES))
        files.mkdir(parents=True)
        for name in ("vmlinuz", "initrd.img"):
            (files / name).write_bytes(random.Random(version + name).randbytes(100_001))
        return Release(version, image, files.parents[1])

    def fat(self):
        start = PARTITIONS["boot"].start
        return Fat(lambda at, size: self.disk.read(start + at, size))

    def mtools(self, *words):
        place = f"{self.disk.path}@@{PARTITIONS['boot'].start}"
        return run(words[0], "-i", place, *words[1:])

    def flip(self, at):
        (byte,) = self.disk.read(at, 1)
        self.disk.write(at, bytes([byte ^ 1]))


class Judging(Factory):
    def test_a_disk_from_the_factory_boots_its_release(self):
        self.assertEqual(self.judge.of_file(self.disk), ("a", "1"))

    def test_one_flipped_bit_of_the_slot_is_seen(self):
        self.flip(PARTITIONS["root-a"].start + IMAGE_BYTES - 1)
        self.assertRaisesRegex(Incomplete, "slot a", self.judge.of_file, self.disk)

    def test_one_flipped_bit_of_a_boot_file_is_seen(self):
        at, size = self.fat().extents("a-initrd.img")[0]
        self.flip(PARTITIONS["boot"].start + at + size - 1)
        self.assertRaisesRegex(Incomplete, "a-initrd.img", self.judge.of_file, self.disk)

    def test_a_boot_file_cut_to_nothing_is_seen(self):
        empty = self.folder / "empty"
        empty.write_bytes(b"")
        self.mtools("mcopy", "-o", empty, "::a-vmlinuz")
        self.assertRaisesRegex(Incomplete, "a-vmlinuz", self.judge.of_file, self.disk)

    def test_an_environment_that_is_not_there_is_seen(self):
        self.mtools("mdel", "::grub/grubenv")
        self.assertRaises(Unbootable, self.judge.of_file, self.disk)

    def test_a_slot_that_was_armed_before_it_was_written_is_seen(self):
        block = self.folder / "grubenv"
        self.mtools("mcopy", "::grub/grubenv", block)
        run("grub-editenv", block, "set", "ORDER=B A", "B_OK=1")
        self.mtools("mcopy", "-o", block, "::grub/grubenv")
        self.assertRaisesRegex(Incomplete, "slot b", self.judge.of_file, self.disk)

    def test_files_are_read_as_mtools_reads_them(self):
        copy = self.folder / "copy"
        for name in ("a-vmlinuz", "a-initrd.img", "grub/grubenv"):
            self.mtools("mcopy", "-o", f"::{name}", copy)
            self.assertEqual(self.fat().file(name), copy.read_bytes())


class CrashStates(Factory):
    """The log of an install that lacks a flush between the slot and the boot flag must show an incomplete release."""

    def log(self, flush):
        file = self.folder / "log"
        slot = PARTITIONS["root-b"].start // 512
        image = (self.folder / "2.img").read_bytes()
        entries = [(0, slot + at // 512, image[at:at + 4096]) for at in range(0, IMAGE_BYTES, 4096)]
        entries += [(write_log.FLUSH, 0, b"")] if flush else []
        entries += [(0, *self.armed()), (write_log.FLUSH, 0, b"")]
        with open(file, "wb") as log:
            log.write(struct.pack("<QQQI", write_log.MAGIC, write_log.VERSION, len(entries), 512).ljust(512, b"\0"))
            for flags, sector, content in entries:
                log.write(struct.pack("<QQQQ", sector, len(content) // 512, flags, 0).ljust(512, b"\0") + content)
        return file

    def armed(self):
        """(sector, content) of the write that arms slot b."""
        block = self.folder / "grubenv"
        self.mtools("mcopy", "-o", "::grub/grubenv", block)
        run("grub-editenv", block, "set", "ORDER=B A", "B_OK=1")
        (at, _), *_ = self.fat().extents("grub/grubenv")
        return (PARTITIONS["boot"].start + at) // 512, block.read_bytes()

    def faults(self, log):
        """(states, how many of them boot an incomplete release); boot files are those of release 1 for both slots."""
        for name in ("vmlinuz", "initrd.img"):
            self.mtools("mcopy", "-o", self.folder / "tree-2/usr/lib" / name, f"::b-{name}")
        medium = crash_states.DurableDisk(self.disk.path, {s: PARTITIONS[f"root-{s}"].start // 512 for s in "ab"}, self.releases)
        states = incomplete = 0
        for writes in write_log.epochs(log):
            for choice in crash_states.choices(writes, random.Random(1)):
                over = crash_states.overlay(writes, choice)
                states += 1
                try:
                    self.judge.verdict(lambda at, size: medium.read(at, size, over), lambda slot: medium.slot_release(slot, over))
                except Incomplete:
                    incomplete += 1
            medium.keep(writes)
        self.assertIs(medium.slot_release("b", {}), self.releases[1])
        return states, incomplete

    def test_show_no_fault_of_an_install_in_the_right_order(self):
        states, incomplete = self.faults(self.log(flush=True))
        self.assertGreater(states, 50)
        self.assertEqual(incomplete, 0)

    def test_show_that_the_slot_was_not_flushed_before_it_was_armed(self):
        states, incomplete = self.faults(self.log(flush=False))
        self.assertGreater(incomplete, states // 10)

    def test_read_the_medium_with_what_lies_over_it(self):
        medium = crash_states.DurableDisk(self.disk.path, {}, [])
        over = {5: b"x" * 512}
        self.assertEqual(medium.read(5 * 512 - 1, 3, over), medium.read(5 * 512 - 1, 1, {}) + b"xx")
        self.assertEqual(medium.read(0, os.path.getsize(self.disk.path), over)[5 * 512:6 * 512], b"x" * 512)


if __name__ == "__main__":
    unittest.main(argv=["test", "-v"])
