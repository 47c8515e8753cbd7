#!/usr/bin/env python3
"""TUF specification 5.6.7: the search for a target through delegated roles."""
import hashlib
import urllib.parse

from repository import days_from_now
from signing import ed25519_key
from tuf_case import TufCase, main

# delegator, role, rules; then the roles that a search for "file" must ask for, in order.
GRAPHS = {
    "one": ([("targets", "a", {})], ["a"]),
    "in order of appearance": ([("targets", "a", {}), ("targets", "b", {})], ["a", "b"]),
    "depth first": ([("targets", "a", {}), ("targets", "b", {}), ("a", "c", {}), ("c", "d", {}), ("a", "e", {})],
                    ["a", "c", "d", "e", "b"]),
    "a terminating delegation has the last word": (
        [("targets", "a", {"paths": ["*"], "terminating": True}), ("targets", "b", {})], ["a"]),
    "descendants of a terminating one are asked": (
        [("targets", "a", {}), ("targets", "b", {}), ("a", "c", {"paths": ["*"], "terminating": True}), ("c", "d", {}),
         ("a", "e", {})], ["a", "c", "d"]),
    "a terminating delegation of other paths ends nothing": (
        [("targets", "a", {"paths": ["*.py"], "terminating": True}), ("targets", "b", {})], ["b"]),
    "other paths are passed over with all that is below": (
        [("targets", "a", {"paths": ["*.py"]}), ("targets", "b", {}), ("a", "c", {})], ["b"]),
    "a cycle is gone round once": (
        [("targets", "a", {}), ("a", "b", {}), ("b", "c", {}), ("c", "a", {})], ["a", "b", "c"]),
    "a role that delegates to itself": ([("targets", "a", {}), ("a", "a", {})], ["a"]),
}
PATTERNS = {  # pattern -> what it covers, what it does not
    "*.doc": (["README.doc", ".doc"], ["x/README.doc", "README.DOC", "README.doc2"]),
    "releases/*/*": (["releases/x/y"], ["releases/x", "releases/x/y/z", "releases/x/y/"]),
    "foo-?.tgz": (["foo-1.tgz", "foo-é.tgz"], ["foo-alpha.tgz", "foo-.tgz"]),
    "file[0-9].bin": (["file7.bin"], ["filea.bin", "file10.bin"]),
    "exact/name": (["exact/name"], ["exact/names", "exact"]),
    "*/a*b*c": (["x/abc", "x/aXbYbZc"], ["x/acb", "abc"]),
}


class DelegationsTest(TufCase):
    def publish(self, *roles):
        self.repository.publish_all(*roles)
        self.init()

    def asked_for(self, target):
        """Delegated roles that a download asked for."""
        self.repository.asked()
        self.download(target)
        names = [name.split(".", 1)[1].removesuffix(".json") for name in self.repository.asked() if name != "timestamp.json"]
        return [name for name in names if name not in ("root", "snapshot", "targets")]

    def test_roles_are_asked_in_the_order_of_the_specification(self):
        for name, (edges, order) in GRAPHS.items():
            with self.subTest(name):
                self.setUp()
                for delegator, role, rules in edges:
                    self.repository.delegate(delegator, role, **rules)
                self.publish(*{role for _, role, _ in edges})

                self.assertEqual(self.asked_for("file"), order)

                self.assertIn("the repository lists no target file", self.said)

    def test_patterns_cover_what_glob_says(self):
        for pattern, (covered, others) in PATTERNS.items():
            with self.subTest(pattern):
                self.setUp()
                self.repository.delegate("targets", "a", paths=[pattern])
                self.publish("a")
                self.assert_done(self.refresh())

                for path in covered + others:
                    for file in self.metadata.glob("a.json"):
                        file.unlink()
                    self.assertEqual(self.asked_for(path), ["a"] if path in covered else [], path)

    def test_hash_prefixes_name_bins(self):
        prefix = hashlib.sha256(b"in/it").hexdigest()[:2]
        self.repository.delegate("targets", "bin", path_hash_prefixes=[prefix])
        self.repository.add_target("bin", "in/it", b"one")
        self.repository.add_target("bin", "not in it", b"two")
        self.publish("bin")

        self.assert_done(self.download("in/it"))
        self.assert_refused(self.download("not in it"), "lists no target")

        self.assertEqual(self.downloads(), [b"one"])

    def test_the_first_role_that_lists_a_target_wins(self):
        for role, data in (("a", b"of a"), ("b", b"of b")):
            self.repository.delegate("targets", role)
            self.repository.add_target(role, "file", data)
        self.publish("a", "b")

        self.assert_done(self.download("file"))

        self.assertEqual(self.downloads(), [b"of a"])
        self.assertNotIn("b", self.versions())

    def test_every_role_of_the_chain_must_cover_the_path(self):
        self.repository.delegate("targets", "a", paths=["team/*"])
        self.repository.delegate("a", "b", paths=["*/*"])
        self.repository.add_target("b", "other/file", b"x")
        self.publish("a", "b")

        self.assert_refused(self.download("other/file"), "lists no target")

        self.assertEqual(self.downloads(), [])

    def test_kept_roles_are_not_fetched_again_until_they_change(self):
        self.repository.delegate("targets", "a")
        self.repository.add_target("a", "file", b"x")
        self.publish("a")
        self.assert_done(self.download("file"))

        self.assertEqual(self.asked_for("file"), [])
        self.repository.publish_all("a")
        self.assertEqual(self.asked_for("file"), ["a"])

        self.assertEqual(self.versions()["a"], 2)

    def test_a_role_that_cannot_be_had_ends_the_search(self):
        for what in ("missing", "signature", "expired", "unlisted", "type"):
            with self.subTest(what):
                self.setUp()
                self.repository.delegate("targets", "a")
                self.repository.delegate("targets", "b")
                self.repository.add_target("b", "file", b"x")
                if what == "signature":
                    self.repository.signers["a"] = [ed25519_key()]
                if what == "expired":
                    self.repository.bodies["a"]["expires"] = days_from_now(-1)
                if what == "type":
                    self.repository.bodies["a"]["_type"] = "snapshot"
                self.repository.publish("a", "b", "targets")
                if what == "unlisted":
                    del self.repository.bodies["snapshot"]["meta"]["a.json"]
                self.repository.publish("snapshot", "timestamp")
                if what == "missing":
                    del self.repository.published["a"]
                self.init()

                self.assertEqual(self.download("file"), 1, self.said)

                self.assertEqual(self.downloads(), [])
                self.assertNotIn("a", self.versions())
                self.assertEqual("1.a.json" in self.repository.asked(), what != "unlisted")

    def test_a_kept_role_proves_nothing_to_another_delegator(self):
        trusted, other = ed25519_key(), ed25519_key()
        self.repository.delegate("targets", "left", paths=["left/*"])
        self.repository.delegate("targets", "right", paths=["right/*"])
        self.repository.delegate("left", "shared", key=trusted, paths=["left/*"])
        self.repository.delegate("right", "shared", key=other, paths=["right/*"])
        self.repository.signers["shared"] = [trusted]
        self.repository.add_target("shared", "left/file", b"left")
        self.repository.add_target("shared", "right/file", b"right")
        self.publish("shared", "left", "right")

        self.assert_refused(self.download("left/file", "right/file"), "shared: has 0 valid signatures")

        self.assertEqual(self.downloads(), [b"left"])

    def test_thresholds_of_delegations_count(self):
        self.repository.delegate("targets", "a")
        self.repository.add_key("a", ed25519_key(), "targets", sign=False)
        self.repository.role_entry("a", "targets")["threshold"] = 2
        self.publish("a")

        self.assert_refused(self.download("file"), "a: has 1 valid signatures of the role's keys, needs 2")

    def test_the_thirty_third_role_ends_the_search(self):
        names = [f"r{i}" for i in range(33)]
        for name in names:
            self.repository.delegate("targets", name)
        self.repository.add_target(names[31], "early", b"x")
        self.repository.add_target(names[32], "late", b"x")
        self.publish(*names)

        self.assert_done(self.download("early"))
        self.assert_refused(self.download("late"), "in 32 delegated roles")

    def test_odd_names_stay_inside_the_url_and_the_folder(self):
        for name in ("?", "#", "/rooted", "../up", "a/b", "%2e%2e", "ünï", "..", ".", "with space", "x" * 250):
            with self.subTest(name):
                self.setUp()
                self.repository.delegate("targets", name)
                self.publish(name)

                asked = self.asked_for("file")

                self.assertEqual(asked, [urllib.parse.quote(name, "")])
                self.assertEqual(len(self.versions()), 5)
                self.assertEqual(self.asked_for("file"), [], "kept under a name that is found again")
                self.assertEqual({each.name for each in self.folder.iterdir()},
                                 {"metadata", "trusted-root.json"})

    def test_refuses_delegations_that_mean_nothing(self):
        def top_level(body):
            body["roles"][0]["name"] = "root"

        def both_rules(body):
            body["roles"][0]["path_hash_prefixes"] = ["00"]

        def no_rule(body):
            del body["roles"][0]["paths"]

        def twice(body):
            body["roles"].append(body["roles"][0])

        for damage, because in ((top_level, "a top-level role"), (both_rules, "either paths or path_hash_prefixes"),
                                (no_rule, "either paths or path_hash_prefixes"), (twice, "one more delegation to a")):
            with self.subTest(because):
                self.setUp()
                self.repository.delegate("targets", "a")
                damage(self.repository.bodies["targets"]["delegations"])
                self.publish("a")

                self.assert_refused(self.refresh(), because)


if __name__ == "__main__":
    main()
