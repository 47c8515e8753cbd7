#!/usr/bin/env python3
"""One machine loses its power in the three places that matter: while the spare slot is written, while it is read back,
and when the trial slot starts. What lies on its disk is judged from outside each time, and it ends on the new release:
a power cut is not a failed trial. `./dev soak machines` does the same at random moments."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import cases  # noqa: E402
from machines.judge import Judge  # noqa: E402
from machines.machine_site import MachineSite  # noqa: E402

V1, V2 = "1.0.0", "2.0.0"
MOMENTS = ("writing release 2.0.0 to slot b", "event=segments_written", "loader: slot b")


class PowerCut(unittest.TestCase):
    def test_at_any_stage_of_an_update_leaves_a_machine_that_boots_and_goes_on(self):
        site = MachineSite(options.programs, keep=options.keep)
        self.addCleanup(site.close)
        for version in (V1, V2):
            site.make(version)
            site.publish(version)
        judge = Judge(site.releases(), site.folder)
        site.seeder.start()
        guest = site.guest("machine", V1)
        for words in MOMENTS:
            seen = guest.console().count(words)
            guest.power_on()
            guest.wait_until(words, lambda: guest.console().count(words) > seen)
            guest.cut_power()
            # GRUB counts one try: cut during the trial, the old release is next, and arms the trial again.
            self.assertEqual(judge.of_file(guest.disk), ("a", V1), words)
        guest.power_on()
        guest.wait_for("confirmed on v2", lambda s: s["version"] == V2 and s["phase"] == "confirmed")
        guest.power_off()
        self.assertEqual(judge.of_file(guest.disk), ("b", V2))


if __name__ == "__main__":
    options = cases.options()
    cases.main()
