#!/usr/bin/env python3
"""A node that was taken over, an unprivileged process with everything that dunlin-node has, tries each attack on the real
applier. None succeeds, each is refused by name; and the judge is shown what it must not overlook."""
import pathlib
import re
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]
import small_site  # noqa: E402
from lab import cage  # noqa: E402

from applier_wire import Closed, Wire, request  # noqa: E402
from controls import CONTROLS, is_seen  # noqa: E402
from malicious_cases import CASES, Case, Releases  # noqa: E402

HONEST = Case("honest", "honest_install", ())


class MaliciousNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.releases = Releases(small_site.options().programs, cage.folder())
        # They say nothing while all others are tried: it takes as long as the applier is patient.
        cls.idle_machine = cls.releases.machine(HONEST)
        cls.idle, cls.half = Wire(cls.idle_machine.socket), Wire(cls.idle_machine.socket)
        cls.half.send(request("status")[:9])

    @classmethod
    def tearDownClass(cls):
        cls.idle.close()
        cls.half.close()
        cls.idle_machine.power_off()

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
        for wire in (self.idle, self.half):
            with self.assertRaises(Closed):
                wire.receive()

    def test_control_the_judge_sees_what_no_attack_may_achieve(self):
        for name in CONTROLS:
            with self.subTest(name):
                self.assertTrue(is_seen(name, self.releases, self.machine()))


if __name__ == "__main__":
    small_site.main()
