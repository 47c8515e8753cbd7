#!/usr/bin/env python3
"""TUF specification 5.2 and 5.3: the trusted root, and the chain from it to the newest one."""
import json

from repository import days_from_now
from signing import ed25519_key
from tuf_case import TufCase, main


class RootTest(TufCase):
    def rotate(self, *keys, threshold=1, signers=None):
        self.repository.replace_keys("root", *keys, threshold=threshold, signers=signers)
        self.repository.publish("root")

    def test_asks_for_one_version_after_the_other_until_there_is_none(self):
        self.init()
        self.repository.publish("root", "root", "root")

        self.assert_done(self.refresh())

        self.assertEqual(self.repository.asked(), ["2.root.json", "3.root.json", "4.root.json", "5.root.json",
                                                   "timestamp.json", "1.snapshot.json", "1.targets.json"])
        self.assertEqual((self.metadata / "root.json").read_bytes(), self.repository.newest("root"))

    def test_follows_rotations_that_old_and_new_keys_signed(self):
        old = self.repository.signers["root"]
        first, second, third = ed25519_key(), ed25519_key(), ed25519_key()
        self.init()
        self.rotate(first, second, threshold=2, signers=[*old, first, second])
        self.rotate(second, third, threshold=2, signers=[first, second, third])
        self.rotate(third, signers=[second, third])

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["root"], 4)

    def test_refuses_a_root_without_the_old_threshold(self):
        first, second, new = ed25519_key(), ed25519_key(), ed25519_key()
        self.init()
        self.rotate(first, second, threshold=2, signers=[*self.repository.signers["root"], first, second])
        self.rotate(new, signers=[first, new])

        self.assert_refused(self.refresh(), "root: has 1 valid signatures of the role's keys, needs 2")

        self.assertEqual(self.versions(), {"root": 2})

    def test_refuses_a_root_without_the_new_threshold(self):
        old, new = self.repository.signers["root"], ed25519_key()
        self.init()
        self.rotate(new, *old, threshold=2, signers=old)

        self.assert_refused(self.refresh(), "by its own keys")

        self.assertEqual(self.versions(), {"root": 1})

    def test_refuses_a_version_that_does_not_follow(self):
        self.init()
        self.repository.root["version"] += 1
        self.repository.publish("root")

        self.assert_refused(self.refresh(), "root: version 3 does not follow 1")

        self.assertEqual(self.repository.asked(), ["2.root.json"])

    def test_refuses_the_same_root_again(self):
        self.init()
        self.repository.published["root"] *= 2

        self.assert_refused(self.refresh(), "root: version 1 does not follow 1")

    def test_an_expired_root_in_the_middle_is_a_step(self):
        self.init()
        self.repository.root["expires"] = days_from_now(-10)
        self.repository.publish("root")
        self.repository.root["expires"] = days_from_now(10)
        self.repository.publish("root")

        self.assert_done(self.refresh())

        self.assertEqual(self.versions()["root"], 3)

    def test_an_expired_last_root_is_kept_and_ends_the_cycle(self):
        self.started()
        self.repository.root["expires"] = days_from_now(-1)
        self.repository.publish("root", "targets", "snapshot", "timestamp")

        self.assert_refused(self.refresh(), "root: expired")

        self.assertEqual(self.versions(), {"root": 2, "timestamp": 1, "snapshot": 1, "targets": 1})

    def test_an_initial_root_may_have_expired(self):
        self.repository.root["expires"] = days_from_now(60)
        self.repository.publish("root")
        for role in ("targets", "snapshot", "timestamp"):
            self.repository.bodies[role]["expires"] = days_from_now(60)
        self.repository.publish_all()
        self.init()

        self.assert_done(self.refresh(days=40))

        self.assertEqual(self.versions()["root"], 2)

    def test_the_clock_counts(self):
        self.started()

        self.assert_refused(self.refresh(days=31), "root: expired")

    def test_nothing_is_asked_for_without_a_sound_root(self):
        for damage in (lambda f: f["signed"].pop("version"), lambda f: f["signatures"].clear(),
                       lambda f: f["signed"].update(_type="targets"), lambda f: f["signed"].update(spec_version="2.0")):
            with self.subTest(damage):
                file = self.repository.signed("root")
                damage(file)

                self.assertEqual(self.init(self.as_json(file)), 1)
                self.assertEqual(self.refresh(), 1)

                self.assertEqual(self.repository.requests, [])

    def test_a_failed_chain_goes_on_where_it_stopped(self):
        self.init()
        self.repository.publish("root")
        good = self.repository.signers["root"]
        self.repository.signers["root"] = [ed25519_key()]
        self.repository.publish("root")
        self.assertEqual(self.refresh(), 1)
        self.repository.asked()
        self.repository.signers["root"] = good
        self.repository.published["root"].pop()
        self.repository.root["version"] -= 1
        self.repository.publish("root")

        self.assert_done(self.refresh())

        self.assertEqual(self.repository.asked()[0], "3.root.json")
        self.assertEqual(self.versions()["root"], 3)

    @staticmethod
    def as_json(file):
        return json.dumps(file).encode()


if __name__ == "__main__":
    main()
