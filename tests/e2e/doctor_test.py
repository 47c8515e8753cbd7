#!/usr/bin/env python3
"""`dunlin-node doctor` on a device that works, and on the same device broken in one way after the other: it names each, says
what to do, and everything it found good before is still good."""
import json
import subprocess
import unittest

import small_site
from lab import net, storage
from small_site import MIB, SmallSite, V2

# A device of the lab has neither; the machine it runs on may have no clock of its own.
NOT_OF_THE_LAB = {"watchdog", "kernel panics", "clock"}


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = SmallSite(small_site.options().programs, image_bytes=8 * MIB)
        cls.addClassCleanup(cls.site.close)
        cls.site.seeder.start()
        cls.device = cls.site.device("uboot")
        self_test = cls.device.folder / "self-test.d" / "10-app"
        self_test.write_text("#!/bin/sh\nexit 0\n")
        self_test.chmod(0o755)
        # Both slots hold a release then: V1 in a, V2 runs in b.
        cls.site.publish(V2)
        cls.device.power_on()
        cls.site.assert_updated(cls.device)
        cls.device.power_off()

    def setUp(self):
        self.device.power_on()
        self.addCleanup(self.device.power_off)
        self.device.wait_for("a look at the repository", lambda s: s["phase"] == "confirmed" and s["last_check"] and s["version"] == V2)

    def run_doctor(self, *options):
        command = [*net.inside(self.device.host.name), self.site.programs / "dunlin-node", "doctor", "--config",
                   self.device.folder / "etc" / "node.toml", *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def findings(self):
        done = self.run_doctor("--json")
        report = json.loads(done.stdout)
        found = {finding["check"]: finding for finding in report["findings"]}
        self.assertEqual(done.returncode, 1 if report["verdict"] == "wrong" else 0)
        self.assertEqual(len(found), len(report["findings"]), "two findings of one check")
        return {check: finding for check, finding in found.items() if check not in NOT_OF_THE_LAB}

    def assert_names(self, check, level, words):
        """Of what was good before, only this is not now."""
        found = self.findings()
        finding = found.pop(check)
        self.assertEqual(finding["level"], level, finding)
        self.assertRegex(finding["text"], words)
        self.assertTrue(finding["advice"])
        return found

    def only(self, check, level, words, also=()):
        rest = self.assert_names(check, level, words)
        for other, finding in rest.items():
            if other not in also:
                self.assertEqual(finding["level"], "ok", f"{other}: {finding}")

    def test_a_good_device(self):
        for check, finding in self.findings().items():
            self.assertEqual((finding["level"], finding["advice"]), ("ok", ""), f"{check}: {finding}")
        done = self.run_doctor()
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"(?m)^ok +slot b: confirmed, 2\.0\.0, .*runs now$")
        self.assertRegex(done.stdout, r"(?m)^ok +slot a: confirmed, 1\.0\.0, \d+ MiB$")
        self.assertRegex(done.stdout, r"(?m)^ok +last trial: 2\.0\.0 confirmed$")
        self.assertRegex(done.stdout, r"(?m)^warning +watchdog: none is configured.*\n +do: ")

    def test_the_spare_slots_device_is_missing(self):
        slot = self.device.slots["a"]
        hidden = slot.rename(self.device.folder / "hidden")
        self.addCleanup(hidden.rename, slot)
        self.only("slot a", "wrong", "does not exist", also={"node"})

    def test_boot_flags_are_damaged(self):
        for file in self.device.firmware.files:
            self.addCleanup(file.write_bytes, file.read_bytes())
            file.write_bytes(b"\xff" * file.stat().st_size)
        found = self.assert_names("boot flags", "wrong", r"uboot.*\.env")
        self.assertEqual(found["applier's trust"]["level"], "ok")

    def test_one_copy_of_the_boot_flags_is_damaged(self):
        file = self.device.firmware.files[1 - self.device.firmware.newest()[0]]
        self.addCleanup(file.write_bytes, file.read_bytes())
        file.write_bytes(b"\xff" * file.stat().st_size)
        self.only("copies of the boot flags", "warning", file.name)

    def test_a_self_test_may_not_be_run(self):
        program = self.device.folder / "self-test.d" / "10-app"
        program.chmod(0o644)
        self.addCleanup(program.chmod, 0o755)
        self.only("self-tests", "wrong", "10-app")

    def test_root_metadata_are_damaged(self):
        root = self.device.folder / "etc" / "root.json"
        self.addCleanup(root.write_bytes, root.read_bytes())
        root.write_text("{}")
        found = self.assert_names("node's trust", "wrong", r"root\.json")
        self.assertEqual(found["slot b"]["level"], "ok")

    def test_the_data_partition_is_full(self):
        data = self.device.folder / "data" / "node"
        self.device.power_off()
        storage.mount("tmpfs", data, "-t", "tmpfs", "-o", "size=4m")
        self.addCleanup(storage.unmount, data)
        self.addCleanup(self.device.power_off)
        self.device.power_on()
        self.device.wait_for("an answer", lambda s: s)
        self.assert_names(f"space in {data}", "wrong", "free")

    def test_a_key_is_written_wrong(self):
        config = self.device.folder / "etc" / "node.toml"
        text = config.read_text()
        self.addCleanup(config.write_text, text)
        config.write_text(text.replace("site = ", "sit = "))
        self.assert_names("configuration", "wrong", "sit")

    def test_nothing_runs(self):
        self.device.power_off()
        found = self.assert_names("node", "wrong", "no node answers")
        self.assertEqual(found["applier"]["level"], "wrong")
        self.assertIn("not looked at", found["applier"]["text"])
        self.assertIn("systemctl start dunlin-applier", found["applier"]["advice"])
        self.assertEqual(found["node's trust"]["level"], "ok")


if __name__ == "__main__":
    small_site.main()
