#!/usr/bin/env python3
"""The lab's firmware plays the bootloader in every other test, so it is checked first: against the real tools, and
against the boot rules as RAUC's scripts state them."""
import pathlib
import tempfile
import unittest

import small_site  # noqa: F401  (puts the lab on the path)
from lab import firmware
from lab.net import run


class UBoot(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.environment = firmware.flash_uboot(self.folder)

    def tool(self, *arguments, **options):
        config = self.folder / "fw_env.config"
        config.write_text("".join(f"{f} 0x0 {firmware.ENVIRONMENT_SIZE:#x}\n" for f in self.environment.files))
        return run(*arguments[:1], "-c", config, *arguments[1:], **options)

    def test_writes_what_fw_printenv_reads(self):
        self.environment.write({"BOOT_ORDER": "B A", "BOOT_A_LEFT": "3", "BOOT_B_LEFT": "2"})
        self.assertEqual(self.tool("fw_printenv", "-n", "BOOT_ORDER").strip(), "B A")

    def test_reads_what_fw_setenv_writes(self):
        self.tool("fw_setenv", "-f", "/dev/null", "BOOT_ORDER", "B A")
        self.assertEqual(self.environment.read()["BOOT_ORDER"], "B A")

    def test_uses_up_a_try_and_moves_on_when_none_is_left(self):
        self.environment.write({"BOOT_ORDER": "B A", "BOOT_A_LEFT": "3", "BOOT_B_LEFT": "2"})
        self.assertEqual([self.environment.choose() for _ in range(4)], ["b", "b", "a", "a"])

    def test_resets_all_tries_when_all_are_used_up(self):
        self.environment.write({"BOOT_ORDER": "A", "BOOT_A_LEFT": "0", "BOOT_B_LEFT": "0"})
        self.assertIsNone(self.environment.choose())
        self.assertEqual(self.environment.choose(), "a")

    def test_reads_the_older_copy_when_the_newer_is_damaged(self):
        self.environment.write({"BOOT_ORDER": "B", "BOOT_B_LEFT": "1"})
        newer = self.environment.files[self.environment.newest()[0]]
        newer.write_bytes(b"\0" * firmware.ENVIRONMENT_SIZE)
        self.assertEqual(self.environment.read()["BOOT_ORDER"], "A")

    def test_takes_zero_as_newer_than_255(self):
        for _ in range(256):
            self.environment.write({"BOOT_ORDER": "B", "BOOT_B_LEFT": "1"})
        self.environment.write({"BOOT_ORDER": "A", "BOOT_A_LEFT": "1"})
        self.assertEqual(self.environment.read()["BOOT_ORDER"], "A")


class Grub(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.environment = firmware.flash_grub(self.folder)

    def test_writes_what_grub_editenv_reads(self):
        self.environment.write(self.environment.read() | {"ORDER": "B A"})
        self.assertIn("ORDER=B A", run("grub-editenv", self.environment.file, "list"))

    def test_tries_a_slot_once(self):
        run("grub-editenv", self.environment.file, "set", "ORDER=B A", "B_OK=1", "B_TRY=0")
        self.assertEqual([self.environment.choose() for _ in range(2)], ["b", "a"])

    def test_stops_once_and_tries_again_when_no_slot_is_left(self):
        run("grub-editenv", self.environment.file, "set", "ORDER=A", "A_OK=1", "A_TRY=1")
        self.assertIsNone(self.environment.choose())
        self.assertEqual(self.environment.choose(), "a")

    def test_refuses_a_file_cut_short(self):
        self.environment.file.write_bytes(b"")
        self.assertRaises(firmware.Unreadable, self.environment.read)


if __name__ == "__main__":
    unittest.main(argv=["test", "-v"])
