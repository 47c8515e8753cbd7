#!/usr/bin/env python3
"""The commands of docs/operations.md, taken out of the page and run as they stand there, with a device that looks on."""
import os
import pathlib
import re
import subprocess

import tuf_case
from operator_case import ONE_RUN_S_MAX, PASSPHRASE, OperatorCase, main

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/operations.md"
BLOCKS = dict(re.findall(r"^```sh ([a-z-]+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S))


class Runbook(OperatorCase):
    passphrase = PASSPHRASE
    done = set()

    def setUp(self):
        super().setUp()
        self.publish("1.0")
        self.awake, self.asleep = self.device("awake"), self.device("asleep")
        self.assert_follows(self.awake)

    def follow(self, name, **variables):
        """Runs the page's block in a shell that stops at the first failure."""
        paths = {"SEEDER": self.seeder, "OFFLINE": self.offline, "PATH": f"{tuf_case.PROGRAMS}:{os.environ['PATH']}"}
        environment = self.environment() | {key: str(value) for key, value in (paths | variables).items()}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", BLOCKS[name]], cwd=self.folder, env=environment,
                              capture_output=True, text=True, timeout=ONE_RUN_S_MAX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        Runbook.done.add(name)

    def image(self):
        file = self.folder / "rootfs.img"
        file.write_bytes(b"another root file system " * 4096)
        return file

    def test_keys_go_offline_and_releases_go_on(self):
        self.follow("moved-offline")
        self.assertEqual((self.key_files("root"), self.key_files("targets")), ([], []))
        self.follow("release-offline", VERSION="1.1", IMAGE=self.image())
        self.assert_follows(self.awake, self.asleep)
        self.assertEqual(self.offers(self.awake), ["1.0", "1.1"])
        self.follow("renew-offline")
        self.assert_follows(self.awake)
        self.assertEqual(self.versions(self.awake)["targets"], 4)

    def test_a_lost_timestamp_key_is_replaced(self):
        self.follow("moved-offline")
        for file in self.key_files("timestamp"):
            file.unlink()
        self.follow("lost-timestamp-key")
        self.assert_follows(self.awake, self.asleep)

    def test_a_lost_root_key_is_replaced_by_those_that_are_left(self):
        self.key("add", "--role", "root")
        self.key("add", "--role", "root")
        self.key("threshold", "--role", "root", 2)
        lost = self.key_files("root")[0]
        self.follow("moved-offline")
        (self.offline / lost.name).unlink()
        self.follow("lost-root-key", LOST=lost.stem.removeprefix("root-"), NEW=self.folder / "new")
        self.assert_follows(self.awake, self.asleep)
        self.assertEqual(len(self.ids("root")), 3)

    def test_a_fleet_whose_root_is_lost_gets_another_with_a_release(self):
        self.follow("moved-offline")
        for file in self.key_files("root", self.offline):
            file.unlink()
        for file in self.key_files("targets", self.offline):
            file.rename(self.keys / file.name)
        self.follow("root-lost", PRODUCT="edge", URL="https://127.0.0.1:8444", VERSION="2.0", IMAGE=self.image())
        self.assert_follows(self.awake)
        self.assertEqual(self.offers(self.awake), ["1.0", "2.0"])

        # What the image brings: the device's own folder of metadata, and the root it is born with from now on.
        self.seeder = self.seeder.with_name(self.seeder.name + ".new")
        self.url = self.serve(self.seeder / "repository")
        self.assertEqual(self.root_file(1).read_bytes(), (self.folder / "root.json").read_bytes())
        reborn = self.device("reborn")
        self.assert_follows(reborn)
        self.assertEqual(self.offers(reborn), ["2.0"])

    def test_a_compromised_seeder_loses_its_power(self):
        self.follow("moved-offline")
        thief = self.folder / "thief"
        subprocess.run(["cp", "-a", self.seeder, thief], check=True)
        # With the stolen keys: timestamps far ahead of anything that the operator will sign.
        for days in range(5, 35, 5):
            self.run_seeder("bundle", "--dir", thief, "-o", self.folder / "unused", days=days)
            subprocess.run(["rm", "-f", self.folder / "unused"], check=True)
        good, self.url = self.url, self.serve(thief / "repository")
        self.assertEqual(self.refresh(self.awake), 0, self.said)
        self.assertGreater(self.versions(self.awake)["timestamp"], 2)

        self.url = good
        self.assertEqual(self.refresh(self.awake), 1)
        self.assertIn("rollback", self.said)
        self.follow("seeder-compromised")
        self.assert_follows(self.awake, self.asleep)
        self.assertEqual(self.offers(self.awake), ["1.0"])
        # What the thief signs now is worth nothing to those who have followed.
        self.url = self.serve(thief / "repository")
        self.assertEqual(self.refresh(self.awake), 1)

    @classmethod
    def tearDownClass(cls):
        assert cls.done == set(BLOCKS), f"of the page, not run: {set(BLOCKS) - cls.done}"


if __name__ == "__main__":
    main()
