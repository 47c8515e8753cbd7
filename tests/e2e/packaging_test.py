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
        for program in ("node", "applier"):
            with self.subTest(program=program):
                verb = ["run"] if program == "node" else []
                done = self.run_program(self.programs / f"dunlin-{program}", *verb, "--check-config", "--config",
                                        PACKAGING / "examples" / f"{program}.toml")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_units(self):
        if not shutil.which("systemd-analyze"):
            print("systemd is not installed here: units not verified")
            return
        with tempfile.TemporaryDirectory() as folder:
            for unit in (PACKAGING / "systemd").glob("*.service"):
                text = unit.read_text().replace("/usr/bin/dunlin-", f"{self.programs}/dunlin-")
                pathlib.Path(folder, unit.name).write_text(text)
            units = sorted(map(str, pathlib.Path(folder).glob("*.service")))
            done = self.run_program("systemd-analyze", "verify", "--recursive-errors=no", "--man=no", *units)
            self.assertEqual((done.returncode, done.stderr.strip()), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=["test", "-v"])
