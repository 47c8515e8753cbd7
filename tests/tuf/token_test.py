#!/usr/bin/env python3
"""Keys that never leave their token: SoftHSM through OpenSSL's engine for PKCS#11, followed by real clients."""
import json
import os
import subprocess

from operator_case import OperatorCase, main

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "24680"
KINDS = {"p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
         "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "p521": ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"]}


class TokenTest(OperatorCase):
    def setUp(self):
        super().setUp()
        (self.folder / "tokens").mkdir()
        settings = self.folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.token = {"SOFTHSM2_CONF": str(settings), "PKCS11_MODULE_PATH": MODULE, "DUNLIN_PASSPHRASE": PIN}
        self.hsm("--init-token", "--free", "--label", "dunlin", "--pin", PIN, "--so-pin", "13579")
        self.publish("1.0")

    def hsm(self, *arguments):
        subprocess.run(["softhsm2-util", *map(str, arguments)], check=True, capture_output=True,
                       env=dict(os.environ) | self.token)

    def put(self, label, kind, number):
        """A key that the token has and no file keeps."""
        file = self.folder / "key.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", *KINDS[kind], "-out", file], check=True, capture_output=True)
        self.hsm("--import", file, "--token", "dunlin", "--label", label, "--id", f"{number:02x}", "--pin", PIN)
        file.unlink()
        return f"pkcs11:token=dunlin;object={label}"

    def test_every_kind_of_key_signs_for_a_role(self):
        device = self.device("device")
        for number, (role, kind) in enumerate({"root": "p384", "targets": "p256", "timestamp": "rsa"}.items()):
            half = self.make_offline(role, "--pkcs11", self.put(role, kind, number + 1), **self.token)
            (file,) = self.key_files(role, self.offline)
            self.assertNotIn("private", json.loads(file.read_bytes()))
            (self.keys / file.name).write_bytes(file.read_bytes())
            self.key("rotate", "--role", role, "--key", half, **self.token)
            self.assert_follows(device)
        self.publish("1.1", **self.token)
        self.assert_follows(device)
        self.assertEqual(self.offers(device), ["1.0", "1.1"])
        self.assertIn("on a token", self.key("list"))

    def test_a_wrong_pin_signs_nothing(self):
        uri = self.put("root", "p256", 1)
        self.run_seeder("key", "make", "--role", "root", "--keys", self.offline, "--pkcs11", uri, code=2,
                        **(self.token | {"DUNLIN_PASSPHRASE": "00000"}))
        self.assertIn("opens with this PIN", self.said)

    def test_what_is_not_there_or_not_verifiable_is_named(self):
        self.run_seeder("key", "make", "--role", "root", "--keys", self.offline, "--pkcs11",
                        "pkcs11:token=dunlin;object=none", code=2, **self.token)
        self.assertIn("no private key pkcs11:token=dunlin;object=none", self.said)
        self.run_seeder("key", "make", "--role", "root", "--keys", self.offline, "--pkcs11",
                        self.put("root", "p521", 1), code=2, **self.token)
        self.assertIn("of a kind that devices do not verify", self.said)
        self.run_seeder("key", "make", "--role", "root", "--keys", self.offline, "--pkcs11",
                        "pkcs11:token=dunlin;object=root?module-path=/none.so", code=2, **self.token)
        self.assertIn("/none.so", self.said)


if __name__ == "__main__":
    main()
