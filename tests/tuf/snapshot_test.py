#!/usr/bin/env python3
"""TUF specification 5.5: the snapshot."""
from repository import days_from_now
from signing import ed25519_key
from tuf_case import TufCase, main


class SnapshotTest(TufCase):
    def assert_kept(self, snapshot, timestamp):
        versions = self.versions()
        self.assertEqual((versions.get("snapshot"), versions["timestamp"]), (snapshot, timestamp))

    def test_refuses_one_that_is_not_there_and_keeps_the_timestamp(self):
        self.started()
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["version"] = 2
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "404")

        self.assertEqual(self.repository.asked()[-1], "2.snapshot.json")
        self.assert_kept(1, 2)

    def test_refuses_one_below_its_threshold(self):
        keys = [ed25519_key() for _ in range(3)]
        self.repository.replace_keys("snapshot", *keys, threshold=3)
        self.repository.publish("root", "snapshot", "timestamp")
        self.started()
        self.repository.signers["snapshot"] = keys[:2]
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "snapshot: has 2 valid signatures of the role's keys, needs 3")

        self.assert_kept(2, 3)

    def test_refuses_a_threshold_that_no_keys_can_reach(self):
        self.init()
        self.repository.role_entry("snapshot")["threshold"] = 2
        self.repository.publish("root", "snapshot", "timestamp")

        self.assert_refused(self.refresh(), "needs 2")

        self.assertEqual(self.versions(), {"root": 2, "timestamp": 2})

    def test_refuses_a_version_that_timestamp_did_not_name(self):
        self.init()
        self.repository.bodies["snapshot"]["version"] += 1
        self.repository.publish("snapshot")
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["version"] = 2
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "snapshot: version 3 is not 2")

    def test_refuses_one_that_lowers_targets(self):
        self.repository.publish_all()
        self.started()
        self.repository.start_again("targets")
        self.repository.publish_all()

        self.assert_refused(self.refresh(), "lists targets.json in version 1, older than 2 (rollback)")

        self.assertEqual(self.versions(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})

    def test_refuses_one_that_drops_a_role(self):
        self.repository.delegate("targets", "team")
        self.repository.publish_all("team")
        self.started()
        del self.repository.bodies["snapshot"]["meta"]["team.json"]
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "no longer lists team.json")

        self.assert_kept(2, 3)

    def test_refuses_one_that_lowers_a_delegated_role(self):
        self.repository.delegate("targets", "team")
        self.repository.publish("team")
        self.repository.publish_all("team")
        self.started()
        self.repository.start_again("team")
        self.repository.publish_all("team")

        self.assert_refused(self.refresh(), "lists team.json in version 1, older than 2")

    def test_refuses_an_expired_one(self):
        self.started()
        self.repository.bodies["snapshot"]["expires"] = days_from_now(-1)
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "snapshot: expired")

        self.assert_kept(1, 2)

    def test_a_trusted_one_that_expired_is_noticed(self):
        self.repository.bodies["snapshot"]["expires"] = days_from_now(5)
        self.repository.publish("snapshot", "timestamp")
        self.started()

        self.assert_refused(self.refresh(days=10), "snapshot: expired")

    def test_without_consistent_snapshots_names_carry_no_versions(self):
        self.repository.root["consistent_snapshot"] = False
        self.repository.publish("root")
        self.init()

        self.assert_done(self.refresh())

        self.assertEqual(self.repository.asked(), ["2.root.json", "3.root.json", "timestamp.json", "snapshot.json",
                                                   "targets.json"])


class HashedSnapshotTest(TufCase):
    with_hashes = True

    def test_accepts_the_file_that_timestamp_named(self):
        self.started()

        self.assertEqual(self.versions(), {"root": 1, "timestamp": 1, "snapshot": 1, "targets": 1})

    def test_refuses_another_hash(self):
        self.started()
        self.repository.publish("snapshot")
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["hashes"]["sha256"] = "0" * 64
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "snapshot: has another SHA-256")

        self.assertEqual((self.versions()["snapshot"], self.versions()["timestamp"]), (1, 2))

    def test_reads_no_more_bytes_than_timestamp_named(self):
        self.started()
        self.repository.publish("snapshot")
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["length"] -= 1
        self.repository.publish("timestamp")

        self.assertEqual(self.refresh(), 1, self.said)

        self.assertEqual(self.versions()["snapshot"], 1)

    def test_the_one_before_guards_against_rollback_though_its_hash_is_no_longer_named(self):
        self.repository.publish_all()
        self.started()
        self.repository.start_again("targets")
        self.repository.publish_all()

        self.assert_refused(self.refresh(), "older than 2 (rollback)")


if __name__ == "__main__":
    main()
