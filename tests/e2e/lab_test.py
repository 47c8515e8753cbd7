#!/usr/bin/env python3
"""The laboratory's own arithmetic, on clocks that the tests turn: a figure is worth what its instrument is worth."""
import argparse
import fcntl
import json
import os
import pathlib
import random
import struct
import tempfile
import unittest

import small_site
from bench.site_bench import verdict
from bench.site_bench.scenarios import SCENARIOS
from lab import crash_report, storage
from lab.emulator import Direction
from lab.schedule import Cut, LeaderDies, Moment, Schedule
from lab.stall import StallWatch


class LineTest(unittest.TestCase):
    def test_packets_leave_at_the_rate_and_arrive_after_the_delay(self):
        line = Direction(bytes_per_s=1000, queue_s=10, delay_s=0.5, loss=0, rng=random.Random(1))
        line.take(b"x" * 100, now=7.0)
        line.take(b"y" * 100, now=7.0)

        self.assertEqual(list(line.arrived(7.59)), [])
        self.assertEqual(list(line.arrived(7.61)), [b"x" * 100])
        self.assertAlmostEqual(line.next_arrival(), 7.7)

    def test_a_full_queue_drops_what_comes_last(self):
        line = Direction(bytes_per_s=1000, queue_s=0.15, delay_s=0, loss=0, rng=random.Random(1))
        for name in b"abcd":
            line.take(bytes([name]) * 100, now=0.0)

        self.assertEqual([packet[:1] for packet in line.arrived(9.0)], [b"a", b"b"])

    def test_loss_is_the_share_of_packets(self):
        line = Direction(bytes_per_s=1e9, queue_s=1, delay_s=0, loss=0.05, rng=random.Random(1))
        for _ in range(20_000):
            line.take(b"x", now=0.0)

        self.assertAlmostEqual(len(list(line.arrived(1.0))) / 20_000, 0.95, delta=0.01)


class World:
    def __init__(self):
        self.done = []

    def cut(self):
        self.done.append("cut")

    def restore(self):
        self.done.append("restore")

    def kill_leader(self, power):
        self.done.append("kill")
        return "dev-1"


class ScheduleTest(unittest.TestCase):
    def test_cuts_begin_and_end_in_time_and_never_overlap(self):
        world = World()
        schedule = Schedule([Cut(at_s=12, for_s=5), Cut(at_s=10, for_s=5)], world)
        for second in range(30):
            schedule.tick(Moment(second, 0))

        self.assertEqual(world.done, ["cut", "restore", "cut", "restore"])
        self.assertEqual([at for at, _ in schedule.happened], [10, 15, 15, 20])
        self.assertTrue(schedule.is_over)

    def test_a_leader_dies_once_its_share_is_reached(self):
        world = World()
        schedule = Schedule([LeaderDies(at_share=0.3)], world)
        for share in (0.0, 0.29, 0.3, 0.9):
            schedule.tick(Moment(1, share))

        self.assertEqual(world.done, ["kill"])


class StallTest(unittest.TestCase):
    def test_only_the_time_between_the_first_byte_and_the_last_counts(self):
        watch = StallWatch()
        for now, received, done in ((0, 0, False), (9, 1, False), (12, 1, False), (13, 2, False), (14, 3, True), (99, 3, True)):
            watch.see(now, received, done)

        self.assertEqual(watch.longest_s, 4)


class VerdictTest(unittest.TestCase):
    """n8: 8 devices, 1,000,000 bytes over 4 Mbit/s take 2 s."""

    def broken(self, scenario="n8", curl_row=None, **changes):
        outcome = {"devices": 8, "installed": 8, "payload_bytes": 1_000_000, "stream_bytes": 1_200_000,
                   "wire_down_bytes": 1_046_000, "last_s": 2.15, "stall_s_max": 1.0, "faults_are_over": True, "pack_bytes": 1_000_000, "banned_by": [],
                   "node_kills": 0, "image_bytes": 1_000_000}
        row, broken = verdict.row_of(scenario, SCENARIOS[scenario], "dunlin", argparse.Namespace(**outcome | changes), curl_row)
        self.assertEqual(row["ok"], not broken)
        return broken

    def test_a_site_that_fetches_once_in_time_is_ok(self):
        self.assertEqual(self.broken(), [])

    def test_a_yardstick_that_is_missing_or_faster_is_not_met(self):
        """1 Mbit/s: 8 s."""
        self.assertEqual(self.broken("loss5", {"last_ratio": 1.2}, last_s=9.0), [])
        self.assertEqual(len(self.broken("loss5", {"last_ratio": 1.1}, last_s=9.0)), 1)
        self.assertEqual(len(self.broken("loss5", None, last_s=9.0)), 1)

    def test_what_a_site_costs_at_rest_counts(self):
        quiet = {"wire_down_bytes": 1_046_000, "idle_bytes_per_s": 200, "idle_rss_mib": 16.0}
        self.assertEqual(self.broken("n24", **quiet), [])
        self.assertEqual(len(self.broken("n24", **quiet | {"idle_bytes_per_s": 201})), 1)
        self.assertEqual(len(self.broken("n24", **quiet | {"idle_rss_mib": 16.1})), 1)

    def test_the_uplinks_of_devices_add_up(self):
        """8 x 1 Mbit/s: 1 s."""
        self.assertEqual(self.broken("own_uplinks", last_s=1.24), [])
        self.assertEqual(len(self.broken("own_uplinks", last_s=1.26)), 1)

    def test_every_limit_can_be_broken(self):
        for change in ({"installed": 7}, {"payload_bytes": 1_011_000}, {"wire_down_bytes": 1_061_000}, {"last_s": 2.19},
                       {"stream_bytes": 2_100_000}, {"faults_are_over": False}):
            self.assertEqual(len(self.broken(**change)), 1, change)


class LoopTest(unittest.TestCase):
    def test_a_number_that_was_sealed_can_be_written_by_whoever_gets_it_next(self):
        with tempfile.TemporaryDirectory() as folder:
            medium = storage.sparse(pathlib.Path(folder, "medium"), 1 << 20)
            for _ in range(3):  # the kernel hands out the lowest free number: the same again
                loop = storage.Loop(medium)
                self.assertEqual(os.write(loop.handle, b"x"), 1)
                fcntl.ioctl(loop.handle, storage.BLKROSET, struct.pack("i", 1))
                os.close(loop.handle)


class CrashReportTest(unittest.TestCase):
    def test_each_laboratory_keeps_what_the_others_wrote(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            faults = dict.fromkeys(("unbootable", "incomplete", "nonconverging"), 0)
            crash_report.keep(folder, "A", [{"backend": "grub", "states": 1} | faults], {"flags-before-sync": True}, 1)
            crash_report.keep(folder, "B", [{"backend": "grub", "states": 2, "booted": 10} | faults], {"machine-never-flushes": True}, 2)
            report = json.loads(crash_report.keep(folder, "A", [{"backend": "gpt", "states": 3} | faults], {}, 3).read_text())

        self.assertEqual(report, {"rows": [{"lab": "A", "backend": "gpt", "states": 3} | faults,
                                           {"lab": "B", "backend": "grub", "states": 2} | faults],
                                  "mutations": [{"name": "machine-never-flushes", "caught": True}], "seed": 3})


if __name__ == "__main__":
    small_site.main()
