#!/usr/bin/env python3
"""What a package would install is accepted by those who read it: the example configurations by the programs, the
units by systemd."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import small_site

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"


class Packaging(unittest.TestCase):
    def setUp(self):
        self.programs = small_site.options().programs

    def run_program(self, *command):
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)

    def test_example_configurations(self):
        done = self.run_program(self.programs / "dunlin-node", "run", "--check-config", "--config",
                                PACKAGING / "examples" / "node.toml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_appliers_example_fits_a_machine_with_its_slots(self):
        with tempfile.TemporaryDirectory() as folder:
            machine = pathlib.Path(folder)
            text = (PACKAGING / "examples" / "applier.toml").read_text()
            for path in ("/run/dunlin", "/var/lib/dunlin-applier", "/etc/dunlin/root.json", "/proc/cmdline",
                         "/dev/disk/by-partlabel", "/boot/uboot"):
                text = text.replace(f'"{path}', f'"{machine}{path}')
            for path in ("run/dunlin", "var/lib", "etc/dunlin", "proc", "dev/disk/by-partlabel", "boot"):
                (machine / path).mkdir(parents=True)
            (machine / "proc/cmdline").write_text("root=/dev/sda2 dunlin.slot=a\n")
            for slot in "ab":
                with open(machine / f"dev/disk/by-partlabel/rootfs-{slot}", "wb") as device:
                    device.truncate(1 << 20)
            variables = machine / "variables"
            variables.write_text("BOOT_ORDER=A B\nBOOT_A_LEFT=3\nBOOT_B_LEFT=3\n")
            for name in ("uboot.env", "uboot-redund.env"):
                done = self.run_program("mkenvimage", "-r", "-s", "16384", "-o", machine / "boot" / name, variables)
                self.assertEqual(done.returncode, 0, done.stderr)
            done = self.run_program(self.programs / "dunlin-seeder", "init", machine / "seeder", "--product", "edge",
                                    "--url", "https://127.0.0.1:8443")
            self.assertEqual(done.returncode, 0, done.stderr)
            shutil.copy(machine / "seeder/repository/metadata/1.root.json", machine / "etc/dunlin/root.json")
            config = machine / "applier.toml"
            config.write_text(text.replace('socket_group = "dunlin"', 'socket_group = "root"'))

            done = self.run_program(self.programs / "dunlin-applier", "--check-config", "--config", config)

            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_units(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in (PACKAGING / "systemd").glob("*.service"):
                text = unit.read_text().replace("/usr/bin/dunlin-", f"{self.programs}/dunlin-")
                pathlib.Path(folder, unit.name).write_text(text)
            units = sorted(map(str, pathlib.Path(folder).glob("*.service")))
            done = self.run_program("systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *units)
            self.assertEqual((done.returncode, done.stderr.strip()), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=["test", "-v"])
