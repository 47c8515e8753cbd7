#!/usr/bin/env python3
"""Those who judge machines' disks without booting them are judged first: on disks from the factory that were broken on
purpose, and against the tools that made them."""
import os
import pathlib
import random
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import firmware  # noqa: E402
from lab.net import run  # noqa: E402
from machines import crash_states, write_log  # noqa: E402
from machines.disk_image import PARTITIONS, DiskImage  # noqa: E402
from machines.exploration import Exploration, sample  # noqa: E402
from machines.fat import Fat  # noqa: E402
from machines.judge import BOOT_FILES, Incomplete, Judge, Release, Unbootable  # noqa: E402
from machines.loaders import Grub  # noqa: E402
from machines.recording import copy_disk  # noqa: E402

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
        for name in BOOT_FILES:
            (boot / f"a-{name}").write_bytes((cls.folder / "tree-1/usr/lib" / name).read_bytes())
        cls.disk = DiskImage(cls.folder / "disk.img", cls.folder / "1.img", boot, data, Grub)
        copy_disk(cls.disk.path, cls.folder / "fresh.img")
        cls.judge = Judge(cls.releases, cls.folder)

    def setUp(self):
        copy_disk(self.folder / "fresh.img", self.disk.path)

    @classmethod
    def release(cls, version):
        image, files = cls.folder / f"{version}.img", cls.folder / f"tree-{version}/usr/lib"
        image.write_bytes(random.Random(version).randbytes(IMAGE_BYTES))
        files.mkdir(parents=True)
        for name in BOOT_FILES:
            (files / name).write_bytes(random.Random(version + name).randbytes(100_001))
        return Release(version, image, files)

    def fat(self):
        start = PARTITIONS["boot"].start
        return Fat(lambda at, size: self.disk.read(start + at, size))

    def mtools(self, *words):
        place = f"{self.disk.path}@@{PARTITIONS['boot'].start}"
        return run(words[0], "-i", place, *words[1:])

    def edited(self, *variables):
        """A copy of the environment block in which the real tool set variables."""
        block = self.folder / "grubenv"
        self.mtools("mcopy", "-o", "::grub/grubenv", block)
        run("grub-editenv", block, "set", *variables)
        return block

    def arm(self, *variables):
        self.mtools("mcopy", "-o", self.edited(*variables), "::grub/grubenv")

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
        self.arm("ORDER=B A", "B_OK=1")
        self.assertRaisesRegex(Incomplete, "slot b", self.judge.of_file, self.disk)

    def test_a_slot_that_only_a_later_start_would_boot_is_seen(self):
        self.arm("ORDER=A B", "B_OK=1")
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
        block = self.edited("ORDER=B A", "B_OK=1")
        (at, _), *_ = self.fat().extents("grub/grubenv")
        return (PARTITIONS["boot"].start + at) // 512, block.read_bytes()

    def explore(self, log, **how):
        """What is found; boot files are those of release 2 for its slot."""
        for name in BOOT_FILES:
            self.mtools("mcopy", "-o", self.folder / "tree-2/usr/lib" / name, f"::b-{name}")
        exploration = Exploration(self.disk.path, log, self.releases, seed=1, **how)
        states = list(exploration.states())
        self.assertEqual(exploration.counts["states"], len(states))
        self.assertEqual(exploration.counts["incomplete"], sum(bool(state.fault) for state in states))
        return exploration.counts, states

    def test_show_no_fault_of_an_install_in_the_right_order(self):
        counts, states = self.explore(self.log(flush=True))
        self.assertGreater(counts["states"], 50)
        self.assertEqual(counts["incomplete"], 0)
        self.assertEqual({state.verdict for state in states}, {("a", "1"), ("b", "2")})

    def test_show_that_the_slot_was_not_flushed_before_it_was_armed(self):
        counts, _ = self.explore(self.log(flush=False))
        self.assertGreater(counts["incomplete"], counts["states"] // 10)

    def test_show_what_a_machine_would_do_that_never_flushes(self):
        counts, _ = self.explore(self.log(flush=True), forgetful=True)
        self.assertGreater(counts["incomplete"], counts["states"] // 10)

    def test_are_the_same_for_the_same_seed(self):
        log = self.log(flush=True)
        first, second = ([(s.epoch, s.over) for s in self.explore(log)[1]] for _ in range(2))
        self.assertEqual(first, second)

    def test_are_booted_whole_and_torn(self):
        _, states = self.explore(self.log(flush=True))
        booted = sample(states, 10, seed=1)
        self.assertEqual(len({state.number for state in booted}), 10)
        self.assertEqual(sum(state.torn for state in booted), 5)

    def test_read_the_medium_with_what_lies_over_it(self):
        medium = crash_states.DurableDisk(self.disk.path, {}, [])
        over = {5: b"x" * 512}
        self.assertEqual(medium.read(5 * 512 - 1, 3, over), medium.read(5 * 512 - 1, 1, {}) + b"xx")
        self.assertEqual(medium.read(0, os.path.getsize(self.disk.path), over)[5 * 512:6 * 512], b"x" * 512)


if __name__ == "__main__":
    unittest.main(argv=["test", "-v"])
