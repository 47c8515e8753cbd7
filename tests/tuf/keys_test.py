#!/usr/bin/env python3
"""TUF specification 4.1 and 4.2: keys of every kind and form, and how signatures are counted."""
from signing import ecdsa_key, ed25519_key, rsa_key
from tuf_case import TufCase, main

KINDS = {
    "ed25519, hexadecimal": lambda: ed25519_key(),
    "ed25519, PEM": lambda: ed25519_key("pem"),
    "ecdsa P-256, PEM": lambda: ecdsa_key(),
    "ecdsa P-256, point": lambda: ecdsa_key(form="hex"),
    "ecdsa P-256, compressed point": lambda: ecdsa_key(form="short"),
    "ecdsa P-256 under its old type": lambda: ecdsa_key(form="hex", keytype="ecdsa-sha2-nistp256"),
    "ecdsa P-384, PEM": lambda: ecdsa_key(384),
    "ecdsa P-384 under its old type": lambda: ecdsa_key(384, keytype="ecdsa-sha2-nistp384"),
    "rsa 2048": lambda: rsa_key(),
    "rsa 4096": lambda: rsa_key(4096),
    "rsa, longest salt": lambda: rsa_key(salt=256 - 32 - 2),
}


class KeysTest(TufCase):
    def test_every_kind_of_key_is_needed_and_enough(self):
        for name, make in KINDS.items():
            with self.subTest(name):
                self.setUp()
                self.init()
                key = make()
                self.repository.add_key("root", key)
                self.repository.role_entry("root")["threshold"] = 2
                self.repository.publish("root")
                self.assert_done(self.refresh())
                self.assertEqual(self.versions()["root"], 2)

                def of_something_else(file):
                    file["signatures"][-1]["sig"] = key.sign(b"something else").hex()

                self.repository.publish("root", edit=of_something_else)

                self.assert_refused(self.refresh(), "root: has 1 valid signatures")
                self.assertEqual(self.versions()["root"], 2)

    def test_refuses_keys_that_are_not_what_they_say(self):
        right = ecdsa_key()
        for name, key, public in (("another curve", ecdsa_key(), ecdsa_key(384).json["keyval"]["public"]),
                                  ("a short RSA key", rsa_key(), rsa_key(1024).json["keyval"]["public"]),
                                  ("an RSA key for ECDSA", ecdsa_key(), rsa_key().json["keyval"]["public"]),
                                  ("not on the curve", ecdsa_key(), "04" + "11" * 64),
                                  ("no key", ecdsa_key(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
                                  ("locked", rsa_key(), right.json["keyval"]["public"].replace(
                                      "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1))):
            with self.subTest(name):
                self.setUp()
                self.init()
                key.json["keyval"]["public"] = public
                self.repository.add_key("timestamp", key)
                self.repository.publish("root")

                self.assert_refused(self.refresh(), f"root: keys.{key.id}.keyval.public")

    def test_unknown_kinds_count_for_nothing_and_do_no_harm(self):
        self.init()
        strange = ed25519_key()
        strange.json |= {"keytype": "future", "scheme": "future-1"}
        self.repository.add_key("root", strange)
        self.repository.publish("root")
        self.assert_done(self.refresh())
        self.repository.role_entry("root")["threshold"] = 2
        self.repository.publish("root")

        self.assert_refused(self.refresh(), "has 1 valid signatures of the role's keys, needs 2")

    def test_a_key_counts_once_however_often_it_is_listed(self):
        self.init()
        key = ed25519_key()
        for _ in range(5):
            self.repository.add_key("snapshot", key, sign=False)
        self.repository.signers["snapshot"].append(key)
        self.repository.role_entry("snapshot")["threshold"] = 3
        self.repository.publish("root", "snapshot", "timestamp")

        self.assert_refused(self.refresh(), "snapshot: has 2 valid signatures of the role's keys, needs 3")

    def test_a_key_counts_once_under_two_ids_and_in_two_forms(self):
        self.init()
        key = ecdsa_key(form="hex")
        twin = ecdsa_key(keytype="ecdsa-sha2-nistp256", keyid="another-id")
        twin.json["keyval"], twin.sign = key.json["keyval"], key.sign
        self.repository.replace_keys("snapshot", key, twin, threshold=2)
        self.repository.publish("root", "snapshot", "timestamp")

        self.assert_refused(self.refresh(), "snapshot: has 1 valid signatures of the role's keys, needs 2")

    def test_refuses_two_signatures_under_one_key_id(self):
        self.init()
        self.repository.publish("snapshot", edit=lambda file: file["signatures"].append(file["signatures"][0]))
        self.repository.publish("timestamp")

        self.assert_refused(self.refresh(), "is one more of key")

        self.assertNotIn("snapshot", self.versions())

    def test_signatures_that_are_none_do_no_harm(self):
        self.init()
        other = ed25519_key()
        self.repository.add_key("timestamp", other)
        self.repository.publish("root")
        for nonsense in ("", "00", "not hexadecimal at all", "A" * 4000):
            with self.subTest(nonsense[:10]):
                def bend(file):
                    file["signatures"][0]["sig"] = nonsense

                self.repository.publish("timestamp", edit=bend)

                self.assert_done(self.refresh())

    def test_members_that_nobody_knows_are_covered_and_kept(self):
        self.init()
        key = ed25519_key(extra={"x-owner": {"name": "Zoë \\ \"quoted\"\n", "list": [1, True, None]}})
        self.repository.add_key("root", key)
        self.repository.root["x-field"] = {"deep": {"er": -7}}
        self.repository.role_entry("root")["x-note"] = "text"
        self.repository.role_entry("root")["threshold"] = 2
        self.repository.publish("root")
        self.assert_done(self.refresh())

        def changed_afterwards(file):
            file["signed"]["x-field"]["deep"]["er"] = -8

        self.repository.publish("root", edit=changed_afterwards)

        self.assert_refused(self.refresh(), "root: has 0 valid signatures")
        self.assertEqual((self.metadata / "root.json").read_bytes(), self.repository.published["root"][1])

    def test_key_ids_are_names_only(self):
        self.init()
        self.repository.replace_keys("snapshot", ecdsa_key(keyid="a name, not a hash"))
        self.repository.publish("root", "snapshot", "timestamp")

        self.assert_done(self.refresh())


if __name__ == "__main__":
    main()
