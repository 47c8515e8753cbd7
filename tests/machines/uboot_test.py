#!/usr/bin/env python3
"""A virtual machine that U-Boot starts, with its variables in a redundant environment: it takes a good release, though the
power goes again and again while that starts, and a bad one."""
import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cases  # noqa: E402
from lab.firmware import UBoot as Environment  # noqa: E402
from machines.disk_image import PARTITIONS  # noqa: E402
from machines.fat import Fat  # noqa: E402
from machines.loaders import UBoot  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402

V1, GOOD, BAD = "1.0.0", "2.0.0", "2.1.0"
SELF_TEST_FAILS = "#!/bin/sh\necho 'schema 7 expected, 6 found'; exit 1\n"
QUICK_CUTS = 3  # before the applier starts


class UBootMachine(unittest.TestCase):
    def test_confirms_a_good_release_through_quick_power_cuts_and_falls_back_from_a_bad_one(self):
        self.site = site = MachineSite(options.programs, keep=options.keep)
        self.addCleanup(site.close)
        for version, self_tests in ((V1, {}), (GOOD, {}), (BAD, {"20-application": SELF_TEST_FAILS})):
            site.make(version, self_tests)
        for version in (V1, GOOD):
            site.publish(version)
        site.seeder.start()
        guest = site.guest("machine", V1, loader=UBoot)
        guest.power_on()
        for cut in range(1, QUICK_CUTS + 1):
            guest.wait_until(f"start {cut} of the trial", lambda: guest.loads().count("b") >= cut)
            guest.cut_power()
            guest.power_on()
        guest.wait_for("confirmed on the good one", lambda s: s["version"] == GOOD and s["phase"] == "confirmed")

        site.publish(BAD)
        guest.wait_for("back", lambda s: s["version"] == GOOD and s["phase"] == "fell_back")

        [told] = [e["text"] for e in guest.event_log() if e["kind"] == "fell_back"]
        self.assertRegex(told, "20-application.*schema 7 expected")
        guest.power_off()
        # A cut may come late on a busy host: the new release then came up more than once.
        self.assertEqual([boot for boot, _ in itertools.groupby(guest.boots())], [("a", V1), ("b", GOOD), ("a", BAD), ("b", GOOD)])
        self.assertEqual(guest.loads(), ["a", *QUICK_CUTS * "b", "b", "a", "b"])
        self.assertTrue(guest.holds("b", site.images[GOOD]))
        self.assert_boots(guest, "B")

    def assert_boots(self, guest, slot):
        """Both copies of the environment are sound, and that slot is the one to start."""
        start = PARTITIONS["boot"].start
        fat = Fat(lambda at, size: guest.disk.read(start + at, size))
        copies = [Environment.parse(fat.file(name)) for name in ("uboot.env", "uboot-redund.env")]
        self.assertNotIn(None, copies)
        newest = max(copies, key=lambda copy: copy[0])[1]
        self.assertEqual(next(s for s in newest["BOOT_ORDER"].split() if newest[f"BOOT_{s}_LEFT"] != "0"), slot)


if __name__ == "__main__":
    options = cases.options()
    cases.main()
