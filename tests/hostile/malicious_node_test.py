#!/usr/bin/env python3
"""A node that was taken over, an unprivileged process with everything that dunlin-node has, tries each attack on the real
applier. None succeeds, each is refused by name; and the judge is shown what it must not overlook."""
import fcntl
import mmap
import os
import pathlib
import re
import struct
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]
import small_site  # noqa: E402
from lab import cage  # noqa: E402

from applier_wire import Closed, Wire, request  # noqa: E402
from malicious_cases import CASES, Case, Releases  # noqa: E402
from node_under_control import BLKROSET  # noqa: E402

HONEST = Case("honest", "honest_install", ())


class MaliciousNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.releases = Releases(small_site.options().programs, cage.folder())

    def machine(self, case=HONEST):
        machine = self.releases.machine(case)
        self.addCleanup(machine.power_off)
        return machine

    def test_no_attack_succeeds_and_each_is_refused_by_name(self):
        for case in CASES:
            with self.subTest(case.name):
                account = self.releases.run(case)
                self.assertIsNone(account["broken"])
                self.assertEqual(account["gained"], [])
                self.assertGreater(account["tried"], 0)
                said = "\n".join(account["refusals"])
                for pattern in case.refusals:
                    self.assertRegex(said, re.compile(pattern))

    def test_an_honest_node_succeeds_where_the_malicious_one_does_not(self):
        machine = self.machine()

        account = self.releases.run_attack(machine, "honest_install", 1, 0)

        self.assertEqual((account["broken"], account["gained"]), (None, []))
        self.assertIn("b", machine.judge.bootable())
        self.assertEqual(machine.findings(), [])

    def test_a_user_who_is_not_in_the_group_is_refused_even_where_the_sockets_mode_lets_him_in(self):
        machine = self.machine()
        account = self.releases.run_attack(machine, "paths", 1, 0, user="games", group="games")
        self.assertIn("Permission denied", account["broken"])
        machine.socket.chmod(0o666)

        account = self.releases.run_attack(machine, "paths", 1, 0, user="games", group="games")

        self.assertIn("may not speak to dunlin-applier", (account["broken"] or "") + "\n".join(account["refusals"]))
        self.assertEqual(account["gained"], [])

    def test_who_says_nothing_is_dropped(self):
        machine = self.machine()
        with Wire(machine.socket) as idle, Wire(machine.socket) as half:
            half.send(request("status")[:9])
            for wire in (idle, half):
                with self.assertRaises(Closed):
                    wire.receive()

    # Controls: the laboratory can fail.

    def test_control_the_judge_sees_a_bootable_slot_of_other_bytes(self):
        machine = self.machine()
        self.releases.run_attack(machine, "honest_install", 1, 0)
        with open(machine.media["b"], "r+b") as medium:
            medium.seek(12345)
            medium.write(b"evil")

        self.assertEqual(machine.findings(), ["slot b would boot and holds no signed release"])

    def test_control_the_judge_sees_a_changed_running_slot_and_a_boot_loader_without_it(self):
        machine = self.machine()
        machine.media["a"].write_bytes(b"evil" * (machine.media["a"].stat().st_size // 4))
        machine.firmware.write(machine.firmware.read() | {"BOOT_ORDER": "B", "BOOT_B_LEFT": "3"})

        self.assertEqual(len(machine.findings()), 3)

    def test_control_the_judge_sees_a_dead_applier(self):
        machine = self.machine()
        machine.process.kill()

        self.assertEqual(machine.findings(), ["the applier died"])

    def test_control_with_a_writable_descriptor_the_swap_succeeds_whatever_is_sealed(self):
        """Why the applier writes on the node's behalf: a mapping outlives the seal."""
        machine = self.machine()
        descriptor = os.open(machine.loops["b"].path, os.O_RDWR)
        self.addCleanup(os.close, descriptor)
        fcntl.ioctl(descriptor, BLKROSET, struct.pack("i", 0))  # whoever had this loop device before may have sealed it
        mapping = mmap.mmap(descriptor, 65536)
        self.releases.run_attack(machine, "honest_install", 1, 0)
        self.assertEqual(machine.findings(), [])
        fcntl.ioctl(descriptor, BLKROSET, struct.pack("i", 1))

        mapping[4096:4100] = b"evil"
        mapping.flush()

        self.assertIn("slot b would boot and holds no signed release", machine.findings())


if __name__ == "__main__":
    small_site.main()
