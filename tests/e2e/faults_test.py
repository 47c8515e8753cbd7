#!/usr/bin/env python3
"""What a site throws at a device: servers down, no multicast, a wrong clock, full disks, missing parts, typing
errors. Each fault has a message that says what is wrong, does no damage, and is over when the fault is."""
import re
import subprocess
import unittest

import small_site
from lab import net, storage, wait
from lab.clock import wrong_clock
from lab.process import Process
from lab.static_server import StaticServer
from small_site import MIB, SmallSite, V1, V2, sha256


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pattern = SmallSite(small_site.options().programs, image_bytes=12 * MIB)
        cls.pattern.publish(V2)

    def setUp(self):
        self.site = self.pattern.another()
        self.addCleanup(self.site.close)

    def wait_for_complaint(self, device, pattern, deadline_s=40):
        """Until the node's status carries it; returns the message."""
        status = device.wait_for(f"a complaint about {pattern}", lambda s: self.has(s.get("last_error"), pattern), deadline_s)
        return status["last_error"]

    @staticmethod
    def has(text, pattern):
        import re
        return bool(text) and re.search(pattern, text, re.I)

    def assert_untouched(self, device, spare_before):
        self.site.assert_holds(device, "a", V1)
        self.assertEqual(sha256(device.slots["b"]), spare_before, "the spare slot was written")

    def run_program(self, program, *arguments):
        command = [*net.inside(self.site.seeder.host.name), self.site.programs / program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    def test_seeder_down(self):
        device = self.site.device()
        spare = sha256(device.slots["b"])
        device.power_on()
        self.wait_for_complaint(device, r"10\.77\.0\.1")
        self.assert_untouched(device, spare)
        self.site.seeder.start()
        self.site.assert_updated(device)

    def test_seeder_goes_away_in_mid_transfer(self):
        self.site.seeder.host.shape(20)
        self.site.seeder.start()
        device = self.site.device()
        device.power_on()
        device.wait_for("fetching", lambda s: s["phase"] == "fetching" and s["verified_bytes"] > 0)
        self.site.seeder.kill()
        wait.pause(1)
        self.site.seeder.start()
        self.site.assert_updated(device)

    def test_tracker_down(self):
        server = StaticServer(self.site.seeder)
        self.addCleanup(server.stop)
        devices = [self.site.device("uboot"), self.site.device("grub")]
        for device in devices:
            device.power_on()
        for device in devices:
            self.site.assert_updated(device)

    def test_no_multicast(self):
        self.site.seeder.start()
        devices = [self.site.device("uboot"), self.site.device("grub")]
        for device in devices:
            device.host.drop_multicast()
            device.power_on()
        for device in devices:
            self.site.assert_updated(device)

    def test_wrong_clock(self):
        self.site.seeder.start()
        device = self.site.device(environment=wrong_clock(self.site.programs, days=20_000))
        spare = sha256(device.slots["b"])
        device.power_on()
        self.wait_for_complaint(device, r"expired")
        self.assert_untouched(device, spare)
        device.power_off()
        device.settings["environment"] = {}
        device.power_on()
        self.site.assert_updated(device)

    def test_a_clock_before_everything_that_was_signed(self):
        """No battery, no network time: the device updates, and says that its clock is behind."""
        self.site.seeder.start()
        device = self.site.device(environment=wrong_clock(self.site.programs, days=-20_000))
        device.power_on()
        self.site.assert_updated(device)
        self.assertTrue([e for e in device.event_log() if e["kind"] == "clock_behind"])

    def test_a_policy_for_sites_whose_metadata_expired(self):
        """Nobody renewed the timestamp for ten days: by its policy the device takes the release, and says so."""
        self.site.seeder.start()
        device = self.site.device(environment=wrong_clock(self.site.programs, days=10))
        spare = sha256(device.slots["b"])
        device.power_on()
        self.wait_for_complaint(device, r"timestamp: expired")
        self.assert_untouched(device, spare)
        device.power_off()
        device.settings["max_staleness_days"] = 30
        device.write_configuration()
        device.power_on()
        self.site.assert_updated(device)
        self.assertTrue([e for e in device.event_log() if e["kind"] == "metadata_stale"])

    def test_data_partition_full(self):
        self.site.seeder.start()
        device = self.site.device()
        spare = sha256(device.slots["b"])
        data = device.folder / "data/node"
        storage.mount("tmpfs", data, "-t", "tmpfs", "-o", "size=1m")
        device.power_on()
        self.wait_for_complaint(device, r"too full|disk full|no space")
        self.assert_untouched(device, spare)
        net.run("mount", "-o", "remount,size=64m", data)
        self.site.assert_updated(device)

    def test_spare_slot_device_missing(self):
        self.site.seeder.start()
        device = self.site.device()
        hidden = device.slots["b"].rename(device.folder / "hidden")
        device.power_on()
        self.wait_for_complaint(device, r"slot.*b\b.*(no such|missing|open)|slot-b")
        self.site.assert_holds(device, "a", V1)
        hidden.rename(device.slots["b"])
        device.cut_power()
        self.site.assert_updated(device)

    def test_boot_environment_unreadable(self):
        self.site.seeder.start()
        device = self.site.device("uboot")
        spare = sha256(device.slots["b"])
        device.firmware.choose = lambda: "a"  # the loader's built-in default
        good = [f.read_bytes() for f in device.firmware.files]
        for file in device.firmware.files:
            file.write_bytes(b"\xff" * len(good[0]))
        device.power_on()
        self.wait_for_complaint(device, r"uboot\.env|environment")
        self.assert_untouched(device, spare)
        for file, content in zip(device.firmware.files, good):
            file.write_bytes(content)
        del device.firmware.choose
        device.cut_power()
        self.site.assert_updated(device)

    def test_unknown_configuration_keys(self):
        device = self.site.device()
        etc = device.folder / "etc"
        for program, key, near in (("node", "chek_interval_s = 5", "check_interval_s"), ("applier", "self_test_dirr = '/x'", "self_test_dir")):
            config = etc / f"{program}.toml"
            section = "[update]" if program == "node" else "[trial]"
            config.write_text(config.read_text().replace(section, f"{section}\n{key}"))
            arguments = ["run"] if program == "node" else []
            done = self.run_program(f"dunlin-{program}", *arguments, "--config", config)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(key.split(" ")[0], done.stdout + done.stderr)
            self.assertIn(near, done.stdout + done.stderr)

    def test_port_taken(self):
        self.site.seeder.start()
        done = self.run_program("dunlin-seeder", "serve", "--dir", self.site.seeder.folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout + done.stderr, r"8443.*in use|in use.*8443")

    def test_beacon_port_taken(self):
        self.site.seeder.start()
        device = self.site.device()
        taker = Process("taker", [*net.inside(device.host.name), "python3", "-c", HOLD_PORT], device.folder / "taker.log")
        taker.wait_for_line("held")
        device.power_on()
        self.site.assert_updated(device)
        self.assertRegex((device.folder / "node.log").read_text(), "7711.*in use")


HOLD_PORT = ("import socket, signal; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', 7711)); "
             "print('held', flush=True); signal.pause()")


if __name__ == "__main__":
    small_site.main()
