#!/usr/bin/env python3
"""Neighbours, mirrors, seeders and strangers who lie: whatever they do, devices boot signed releases only, say whom they
passed over, stay within their memory, and update as soon as one honest source can be reached."""
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "e2e")]
import small_site  # noqa: E402

import hostile_cases  # noqa: E402


class HostileSites(unittest.TestCase):
    def hold(self, name):
        tried, findings = hostile_cases.run(name, small_site.options().programs)
        self.assertEqual(findings, [])
        self.assertGreater(tried, 0)

    def test_mirrors_that_are_old_mixed_cut_endless_bombs_silent_or_forged(self):
        self.hold("mirrors")

    def test_peers_that_lie_about_progress_and_leadership_stall_and_flood(self):
        self.hold("peers-that-lie-stall-and-flood")

    def test_a_peer_that_corrupts_what_it_sends(self):
        self.hold("peer-that-corrupts")

    def test_a_stranger_who_takes_the_seeders_address(self):
        self.hold("stranger-as-the-seeder")

    def test_a_thief_with_the_seeders_machine_and_certificate(self):
        self.hold("stolen-seeder")

    def test_a_seeder_restored_from_a_backup(self):
        self.hold("seeder-restored-from-a-backup")

    def test_control_a_device_that_trusts_the_forger_boots_what_he_signed(self):
        """The judge sees it: trust is what keeps him out, not the laboratory."""
        site = hostile_cases.HostileSite(small_site.options().programs)
        self.addCleanup(site.close)
        site.forger.url = f"https://{site.forger.host.address}:{site.forger.port}"
        site.forger.start()
        site.site.seeder.give_trust_to = site.forger.give_trust_to
        device = site.device(url=site.forger.url)
        device.good = set()  # its firmware boots whatever is armed
        device.power_on()
        device.wait_for("another's release", lambda s: s["version"] == hostile_cases.V3)

        site.must_hold_signed(device)

        self.assertIn("holds no signed release", " ".join(site.findings))


if __name__ == "__main__":
    small_site.main()
