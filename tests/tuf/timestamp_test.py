#!/usr/bin/env python3
"""TUF specification 5.4: the timestamp, and 5.3.11: recovery from versions that a thief raised."""
from repository import days_from_now
from signing import ed25519_key
from tuf_case import TufCase, main


class TimestampTest(TufCase):
    def test_refuses_one_that_is_not_there(self):
        self.started()
        del self.repository.published["timestamp"]

        self.assert_refused(self.refresh(), "404")

    def test_refuses_one_that_other_keys_signed(self):
        self.init()
        self.repository.signers["timestamp"] = [ed25519_key()]
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "timestamp: has 0 valid signatures")

        self.assertEqual(self.versions(), {"root": 1})

    def test_refuses_an_older_one(self):
        self.repository.publish("timestamp")
        self.started()
        self.repository.start_again("timestamp")
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "timestamp: version 1 is older than 2 (rollback)")

        self.assertEqual(self.versions()["timestamp"], 2)
        self.assertEqual(self.repository.asked(), ["2.root.json", "timestamp.json"])

    def test_an_equal_version_is_not_taken_and_no_failure(self):
        self.started()
        before = (self.metadata / "timestamp.json").read_bytes()
        self.repository.start_again("timestamp")
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["version"] = 100
        self.repository.publish("timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.repository.asked(), ["2.root.json", "timestamp.json"])
        self.assertEqual((self.metadata / "timestamp.json").read_bytes(), before)

    def test_refuses_one_of_an_older_snapshot(self):
        self.repository.publish("snapshot", "timestamp")
        self.started()
        self.repository.bodies["timestamp"]["meta"]["snapshot.json"]["version"] = 1
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "its snapshot version 1 is older than 2")

        self.assertEqual(self.versions()["timestamp"], 2)

    def test_refuses_an_expired_one(self):
        self.started()
        self.repository.bodies["timestamp"]["expires"] = days_from_now(-1)
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "timestamp: expired")

        self.assertEqual(self.versions()["timestamp"], 1)

    def test_an_expired_one_that_is_trusted_is_replaced(self):
        self.repository.bodies["timestamp"]["expires"] = days_from_now(5)
        self.repository.publish("timestamp")
        self.started()
        self.repository.bodies["timestamp"]["expires"] = days_from_now(20)
        self.repository.publish_all()

        self.assert_done(self.refresh(days=10))

        self.assertEqual(self.versions(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})

    def test_refuses_another_role_in_its_place(self):
        key = self.repository.signers["timestamp"][0]
        self.repository.add_key("snapshot", key)
        self.repository.bodies["snapshot"]["meta"] = {"snapshot.json": {"version": 1}}
        self.repository.publish("root", "snapshot")
        self.repository.published["timestamp"].append(self.repository.published["snapshot"].pop())
        self.init()

        self.assert_refused(self.refresh(), "timestamp: _type")

        self.assertEqual(self.versions(), {"root": 2})

    def test_a_new_key_forgives_a_raised_timestamp(self):
        self.repository.publish(*["timestamp"] * 20)
        self.started()
        self.repository.replace_keys("timestamp", ed25519_key())
        self.repository.start_again("timestamp")
        self.repository.publish("root", "timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["timestamp"], 1)

    def test_new_keys_forgive_a_raised_snapshot(self):
        self.repository.publish(*["snapshot"] * 20, "timestamp")
        self.started()
        for role in ("snapshot", "timestamp"):
            self.repository.replace_keys(role, ed25519_key())
        self.repository.start_again("snapshot")
        self.repository.publish("root", "snapshot", "timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["snapshot"], 1)

    def test_a_new_snapshot_key_forgives_raised_and_removed_targets(self):
        self.repository.delegate("targets", "gone")
        self.repository.publish("gone", *["targets"] * 20, "snapshot", "timestamp")
        self.started()
        self.repository.replace_keys("snapshot", ed25519_key())
        self.repository.start_again("targets")
        del self.repository.bodies["snapshot"]["meta"]["gone.json"]
        self.repository.publish("root", "targets", "snapshot", "timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["targets"], 1)

    def test_the_files_of_a_key_that_was_taken_away_are_removed(self):
        self.started()
        self.repository.replace_keys("timestamp", ed25519_key())
        self.repository.publish("root")

        self.assert_refused(self.refresh(), "timestamp: has 0 valid signatures")

        self.assertEqual(self.versions(), {"root": 2, "targets": 1})

    def test_a_key_that_still_speaks_does_not_save_the_other_ones_files(self):
        kept, stolen = self.repository.signers["timestamp"][0], ed25519_key()
        self.repository.add_key("timestamp", stolen)
        self.repository.publish("root", *["timestamp"] * 20)
        self.started()
        self.repository.replace_keys("timestamp", kept)
        self.repository.start_again("timestamp")
        self.repository.publish("root", "timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["timestamp"], 1)


if __name__ == "__main__":
    main()
