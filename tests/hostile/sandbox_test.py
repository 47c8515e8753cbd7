#!/usr/bin/env python3
"""Both programs do a whole update as what the units make of them: the node as a user without any capability, each with its
unit's system calls and no others. What the units must refuse is refused."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]
import small_site  # noqa: E402
from lab import net  # noqa: E402
from small_site import MIB, SmallSite, V2  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ROOT / "packaging" / "systemd"
SANDBOX = [sys.executable, str(pathlib.Path(__file__).resolve().parent / "unit_sandbox.py")]
EXPOSURE_MAX = {"dunlin-node": 1.5, "dunlin-applier": 4.3, "dunlin-seeder": 1.9}  # of 10, less is better
SIGSYS = 31


def sandboxed(program, *argv):
    user = ["--user", "nobody"] if program == "dunlin-node" else []
    return [*SANDBOX, UNITS / f"{program}.service", *user, "--", *argv]


class Sandbox(unittest.TestCase):
    def test_a_whole_update_needs_no_more_than_the_units_give(self):
        site = SmallSite(small_site.options().programs, image_bytes=4 * MIB)
        self.addCleanup(site.close)
        site.publish(V2)
        site.seeder.start()
        device = site.device(group='socket_group = "nogroup"\n')
        for place in ("data/node", "run"):
            os.chown(device.folder / place, 65534, 65534)
        command = device.command
        device.command = lambda program: self.inside(device, program, command(program))

        device.power_on()

        site.assert_updated(device)
        self.assertEqual(device.restarts, 0)
        self.assertEqual(self.users(device), {"dunlin-node": 65534, "dunlin-applier": 0})

    @staticmethod
    def inside(device, program, argv):
        """Into the namespace first: that takes capabilities which the program has no more."""
        enter = net.inside(device.host.name)
        return [*enter, *sandboxed(program, *argv[argv.index(enter[-1]) + 1:])]

    @staticmethod
    def users(device):
        found = {}
        for pid in device.host.processes():
            name = pathlib.Path(f"/proc/{pid}/exe").resolve().name
            found[name] = os.stat(f"/proc/{pid}").st_uid
        return found

    def test_calls_that_no_unit_gives_end_the_program(self):
        calls = {"dunlin-node": ("mount", "ptrace", "init_module", "reboot", "bpf"),
                 "dunlin-applier": ("ptrace", "init_module", "bpf", "kexec_load", "settimeofday")}
        script = ("import ctypes, sys; s = ctypes.CDLL('libseccomp.so.2'); "
                  "ctypes.CDLL(None).syscall(s.seccomp_syscall_resolve_name(sys.argv[1].encode()), 0, 0, 0, 0, 0)")
        for program, names in calls.items():
            for name in names:
                with self.subTest(program=program, call=name):
                    done = subprocess.run([str(w) for w in sandboxed(program, "/usr/bin/python3", "-c", script, name)])
                    self.assertEqual(done.returncode, -SIGSYS)

    def test_control_a_call_that_the_units_give_passes(self):
        for program in ("dunlin-node", "dunlin-applier"):
            done = subprocess.run([str(w) for w in sandboxed(program, "true")])
            self.assertEqual(done.returncode, 0)

    def test_exposure_as_systemd_judges_it(self):
        for name, most in EXPOSURE_MAX.items():
            said = net.run("systemd-analyze", "security", "--offline=true", "--no-pager", UNITS / f"{name}.service")
            exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said).group(1))
            with self.subTest(name, exposure=exposure):
                self.assertLessEqual(exposure, most)


if __name__ == "__main__":
    small_site.main()
