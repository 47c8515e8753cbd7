#!/usr/bin/env python3
"""What the operator does with keys, seen by real clients: those that were there before, and those that slept through two
changes of the root."""
import json
import os
import pty
import subprocess

import tuf_case
from operator_case import ONE_RUN_S_MAX, PASSPHRASE, WAITING, OperatorCase, main


class KeysAtHand(OperatorCase):
    """All keys lie on the seeder, unsealed."""

    def test_every_role_gets_new_keys_and_clients_of_any_age_follow(self):
        self.publish("1.0")
        awake, asleep = self.device("awake"), self.device("asleep")
        self.assert_follows(awake)
        for role in ("timestamp", "snapshot", "targets", "root"):
            before = self.ids(role)
            self.key("rotate", "--role", role, "--plain")
            self.assertFalse(set(before) & set(self.ids(role)))
            self.assert_follows(awake)
        self.publish("1.1")

        self.assert_follows(awake, asleep, self.device("born later", root=3))
        self.assertEqual(self.offers(asleep), ["1.0", "1.1"])

    def test_a_threshold_of_two_needs_both_keys(self):
        self.publish("1.0")
        device = self.device("device")
        for role in ("root", "targets", "snapshot", "timestamp"):
            self.key("threshold", "--role", role, 2, code=2)
            self.assertIn("add keys first", self.said)
            self.key("add", "--role", role, "--plain")
            self.key("threshold", "--role", role, 2)
            self.assert_follows(device)
        self.publish("1.1")
        self.assert_follows(device)

        timestamp = json.loads((self.seeder / "repository/metadata/timestamp.json").read_bytes())
        self.assertEqual(len(timestamp["signatures"]), 2)
        self.key_files("timestamp")[0].rename(self.offline / "one.json")
        self.publish("1.2", code=2)
        self.assertIn("signing needs 2 key(s) of role timestamp, and the key folder has 1", self.said)

    def test_a_revoked_key_speaks_for_nobody(self):
        self.publish("1.0")
        device = self.device("device")
        self.assert_follows(device)
        (old,) = self.ids("timestamp")
        self.key("revoke", old[:8], code=2)
        self.assertIn("would have 0 key(s)", self.said)
        self.key("add", "--role", "timestamp", "--plain")
        self.key("revoke", old[:8])

        self.assert_follows(device)
        self.assertNotIn(old, self.root_file(3).read_text())
        self.assertIn("speaks for nobody", self.key("list"))

    def test_one_key_does_not_speak_for_two_roles(self):
        self.key("add", "--role", "targets", "--key", self.key_files("snapshot")[0], code=2)
        self.assertIn("speaks for role snapshot already", self.said)


class KeysElsewhere(OperatorCase):
    """Root and targets keys lie on another machine; only files travel."""

    def setUp(self):
        super().setUp()
        self.publish("1.0")
        for role in ("root", "targets"):
            for file in self.key_files(role):
                file.rename(self.offline / file.name)

    def test_a_release_is_seen_when_its_signature_came_back(self):
        device = self.device("device")
        self.publish("1.1", code=2)
        self.assertIn("--prepare", self.said)
        self.publish("1.1", "--prepare", code=WAITING)
        self.assert_follows(device)
        self.assertEqual(self.offers(device), ["1.0"])
        self.publish("1.2", code=2)
        self.assertIn("another change waits", self.said)

        self.carry(self.offline)

        self.assert_follows(device)
        self.assertEqual(self.offers(device), ["1.0", "1.1"])
        self.assertIn("1.1", self.run_seeder("status", "--dir", self.seeder))
        self.publish("1.2", "--prepare", code=WAITING)
        self.carry(self.offline)
        self.assert_follows(device)

    def test_a_prepared_release_that_is_discarded_leaves_nothing(self):
        self.publish("1.1", "--prepare", code=WAITING)
        packs = len(list((self.seeder / "repository/packs").iterdir()))
        self.key("discard")
        self.publish("1.2", "--prepare", code=WAITING)
        self.assertEqual(len(list((self.seeder / "repository/packs").iterdir())), packs)

    def test_two_of_three_root_keys_on_three_machines(self):
        device, asleep = self.device("device"), self.device("asleep")
        machines = [self.offline, self.folder / "second", self.folder / "third"]
        halves = [self.make_offline("root", "--plain", folder=each) for each in machines[1:]]
        self.key("add", "--role", "root", "--key", halves[0], "--key", halves[1], code=WAITING)
        self.carry(self.offline)
        self.key("threshold", "--role", "root", 2, code=WAITING)
        self.carry(machines[1], machines[2])
        self.assert_follows(device)

        self.key("rotate", "--role", "timestamp", "--plain", code=WAITING)
        self.carry(machines[0], code=WAITING)
        self.assertIn("root has 1 of the 2 signatures", self.said)
        self.carry(machines[2])

        self.assert_follows(device, asleep)

    def test_new_targets_keys_elsewhere_sign_what_is_published(self):
        device = self.device("device")
        self.assert_follows(device)
        new = self.folder / "new"
        half = self.make_offline("targets", "--plain", folder=new)
        self.key("rotate", "--role", "targets", "--key", half, code=WAITING)
        self.carry(self.offline, code=WAITING)
        self.assertIn("targets has 0 of the 1", self.said)
        self.assert_follows(device)
        self.carry(new)

        self.assert_follows(device)
        self.assertEqual(self.offers(device), ["1.0"])

    def test_a_stranger_cannot_sign(self):
        self.key("renew", "--role", "targets", code=WAITING)
        change, stranger = self.folder / "change.json", self.folder / "stranger"
        self.make_offline("targets", "--plain", folder=stranger)
        self.key("export", "-o", change)
        self.run_seeder("key", "sign", change, "--keys", stranger, code=2)
        self.assertIn("has anything to sign", self.said)


class SealedKeys(OperatorCase):
    passphrase = PASSPHRASE

    def test_nothing_in_the_folder_signs_without_the_passphrase(self):
        for file in self.keys.glob("*.json"):
            self.assertIn("sealed", json.loads(file.read_bytes()))
            self.assertNotIn("private", json.loads(file.read_bytes()))
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.publish("1.0")
        self.passphrase = "wrong"
        self.publish("1.1", code=2)
        self.assertIn("does not open with this passphrase", self.said)
        self.passphrase = ""
        self.publish("1.1", code=2)
        self.assertIn("was not given", self.said)

    def test_a_passphrase_comes_from_a_file_a_role_s_own_variable_or_a_credential(self):
        self.passphrase = ""
        file = self.folder / "dunlin-passphrase"
        file.write_text(PASSPHRASE + "\n")
        self.publish("1.0", "--passphrase-file", file)
        self.publish("1.1", DUNLIN_PASSPHRASE="wrong", DUNLIN_PASSPHRASE_TARGETS=PASSPHRASE,
                     DUNLIN_PASSPHRASE_SNAPSHOT=PASSPHRASE, DUNLIN_PASSPHRASE_TIMESTAMP=PASSPHRASE)
        self.publish("1.2", CREDENTIALS_DIRECTORY=str(self.folder))
        device = self.device("device")
        self.assert_follows(device)
        self.assertEqual(self.offers(device), ["1.0", "1.1", "1.2"])

    def test_a_passphrase_is_typed_unseen(self):
        self.passphrase = ""
        self.run_seeder("key", "make", "--role", "root", "--keys", self.offline, DUNLIN_PASSPHRASE="typed")
        master, slave = pty.openpty()
        command = [tuf_case.PROGRAMS / "dunlin-seeder", "key", "make", "--role", "root", "--keys", self.folder / "typed"]
        program = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=self.environment())
        os.close(slave)
        shown = b""
        for _ in range(2):
            while not shown.endswith(b": "):
                shown += os.read(master, 1)
            os.write(master, b"typed words\n")
            shown += os.read(master, 1)
        while True:
            try:
                more = os.read(master, 1024)
            except OSError:  # the program is gone
                break
            if not more:
                break
            shown += more
        os.close(master)
        self.assertEqual(program.wait(ONE_RUN_S_MAX), 0, shown)
        self.assertNotIn(b"typed words", shown)
        self.assertIn("sealed", json.loads(self.key_files("root", self.folder / "typed")[0].read_bytes()))

    def test_plain_keys_are_sealed_later(self):
        self.run_seeder("key", "make", "--role", "root", "--plain", "--keys", self.offline)
        self.assertIn("private", json.loads(self.key_files("root", self.offline)[0].read_bytes()))
        self.run_seeder("key", "seal", "--keys", self.offline)
        self.assertIn("sealed", json.loads(self.key_files("root", self.offline)[0].read_bytes()))

    def test_rotation_seals_the_new_key(self):
        self.publish("1.0")
        self.key("rotate", "--role", "timestamp")
        for file in self.key_files("timestamp"):
            self.assertIn("sealed", json.loads(file.read_bytes()))
        self.assert_follows(self.device("device"))


if __name__ == "__main__":
    main()
