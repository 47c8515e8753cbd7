#!/usr/bin/env python3
"""TUF specification 5.6.1 to 5.6.6: the top-level targets."""
from repository import days_from_now
from signing import ed25519_key
from tuf_case import TufCase, main


class TargetsTest(TufCase):
    def assert_kept(self, targets):
        self.assertEqual(self.versions(), {"root": 1, "timestamp": 2, "snapshot": 2, "targets": targets})

    def test_refuses_one_that_is_not_there_and_keeps_what_is_above(self):
        self.started()
        self.repository.bodies["snapshot"]["meta"]["targets.json"]["version"] = 2
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "404")

        self.assertEqual(self.repository.asked()[-1], "2.targets.json")
        self.assert_kept(1)

    def test_is_fetched_by_the_next_cycle_though_nothing_else_is_new(self):
        self.started()
        self.repository.publish_all()
        held_back = self.repository.published["targets"].pop()
        self.assertEqual(self.refresh(), 1)
        self.repository.asked()
        self.repository.published["targets"].append(held_back)

        self.assert_done(self.refresh())

        self.assertEqual(self.repository.asked(), ["2.root.json", "timestamp.json", "2.targets.json"])
        self.assert_kept(2)

    def test_refuses_one_that_other_keys_signed(self):
        self.started()
        self.repository.signers["targets"] = [ed25519_key()]
        self.repository.publish_all()

        self.assert_refused(self.refresh(), "targets: has 0 valid signatures")

        self.assert_kept(1)

    def test_refuses_a_version_that_snapshot_did_not_name(self):
        self.started()
        self.repository.bodies["targets"]["version"] += 1
        self.repository.publish("targets")
        self.repository.bodies["snapshot"]["meta"]["targets.json"]["version"] = 2
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "targets: version 3 is not 2")

        self.assert_kept(1)

    def test_refuses_an_expired_one(self):
        self.started()
        self.repository.bodies["targets"]["expires"] = days_from_now(-1)
        self.repository.publish_all()

        self.assert_refused(self.refresh(), "targets: expired")

        self.assert_kept(1)

    def test_new_keys_make_it_be_fetched_again(self):
        self.started()
        self.repository.replace_keys("targets", ed25519_key())
        self.repository.publish("root", "targets", "snapshot", "timestamp")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["targets"], 2)


class HashedTargetsTest(TufCase):
    with_hashes = True

    def test_refuses_another_hash(self):
        self.started()
        self.repository.publish("targets")
        self.repository.bodies["snapshot"]["meta"]["targets.json"]["hashes"]["sha256"] = "0" * 64
        self.repository.publish("snapshot", "timestamp")

        self.assert_refused(self.refresh(), "targets: has another SHA-256")

        self.assertEqual((self.versions()["snapshot"], self.versions()["targets"]), (2, 1))


if __name__ == "__main__":
    main()
