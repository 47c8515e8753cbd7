#!/usr/bin/env python3
"""TUF specification 5.7: targets are fetched, verified and kept."""
from tuf_case import TufCase, main


class DownloadTest(TufCase):
    def fetched(self):
        return [path for path in self.repository.requests if path.startswith("/targets/")]

    def offer(self, path, data, **how):
        self.repository.add_target("targets", path, data, **how)
        self.repository.publish_all()

    def test_refreshes_first(self):
        self.init()

        self.assert_refused(self.download("nothing"), "lists no target nothing")

        self.assertEqual(self.versions(), {"root": 1, "timestamp": 1, "snapshot": 1, "targets": 1})

    def test_keeps_a_verified_target_and_fetches_it_once(self):
        self.offer("dir/file.bin", b"content")
        self.init()

        self.assert_done(self.download("dir/file.bin"))
        self.assert_done(self.download("dir/file.bin"))

        self.assertEqual(self.downloads(), [b"content"])
        self.assertEqual(len(self.fetched()), 1)

    def test_a_changed_target_takes_the_place_of_the_old_one(self):
        self.offer("file", b"first")
        self.init()
        self.assert_done(self.download("file"))
        self.offer("file", b"second!")

        self.assert_done(self.download("file"))

        self.assertEqual(self.downloads(), [b"second!"])

    def test_refuses_other_bytes_and_leaves_what_is_there(self):
        self.offer("file", b"first")
        self.init()
        self.assert_done(self.download("file"))
        self.offer("file", b"second")
        for bad in (b"sec0nd", b"secon", b"second and more", b""):
            with self.subTest(bad):
                self.repository.artifacts = dict.fromkeys(self.repository.artifacts, bad)

                self.assertEqual(self.download("file"), 1, self.said)

                self.assertEqual(self.downloads(), [b"first"])

    def test_a_damaged_kept_target_is_fetched_again(self):
        self.offer("file", b"content")
        self.init()
        self.assert_done(self.download("file"))
        next(self.targets.iterdir()).write_bytes(b"c0ntent")

        self.assert_done(self.download("file"))

        self.assertEqual(self.downloads(), [b"content"])

    def test_knows_sha256_and_sha512(self):
        for algorithms in (("sha256",), ("sha512",), ("sha512", "sha256"), ("sha256", "blake2b")):
            with self.subTest(algorithms):
                self.setUp()
                self.offer("file", b"content", algorithms=algorithms)
                self.init()

                self.assert_done(self.download("file"))

                self.assertEqual(self.downloads(), [b"content"])

    def test_refuses_a_target_of_hashes_that_it_does_not_know(self):
        self.offer("file", b"content", algorithms=("blake2b",))
        self.offer("other", b"content")
        self.init()

        self.assert_refused(self.download("file"), "no hash that this program knows")
        self.assert_done(self.download("other"))

    def test_both_hashes_must_fit(self):
        self.offer("file", b"content", algorithms=("sha256", "sha512"))
        self.repository.bodies["targets"]["targets"]["file"]["hashes"]["sha512"] = "0" * 128
        self.repository.publish_all()
        self.init()

        self.assert_refused(self.download("file"), "another SHA-512")

        self.assertEqual(self.downloads(), [])

    def test_without_consistent_snapshots_names_carry_no_hash(self):
        self.repository.root["consistent_snapshot"] = False
        self.repository.publish("root")
        self.offer("dir/file", b"content", prefixed=False)
        self.init()

        self.assert_done(self.download("dir/file"))

        self.assertEqual(self.fetched(), ["/targets/dir/file"])

    def test_several_targets_are_taken_in_order_until_one_fails(self):
        for name in ("one", "two", "four"):
            self.repository.add_target("targets", name, name.encode())
        self.repository.publish_all()
        self.init()

        self.assertEqual(self.download("two", "one", "three", "four"), 1)

        self.assertEqual([path.rsplit(".", 1)[1] for path in self.fetched()], ["two", "one"])
        self.assertEqual(self.repository.asked().count("timestamp.json"), 1)

    def test_an_empty_target_is_a_target(self):
        self.offer("empty", b"")
        self.init()

        self.assert_done(self.download("empty"))

        self.assertEqual(self.downloads(), [b""])

    def test_odd_names_stay_inside_the_folder(self):
        names = ["../../up", "/rooted", "..", ".", "a b", "q?x=1", "h#a", "per%cent", "ünï", "y" * 300]
        for name in names:
            self.repository.add_target("targets", name, name.encode())
        self.repository.publish_all()
        self.init()

        for name in names:
            self.assert_done(self.download(name))

        self.assertEqual(self.downloads(), sorted(name.encode() for name in names))
        self.assertEqual({each.name for each in self.folder.iterdir()}, {"metadata", "targets", "trusted-root.json"})


if __name__ == "__main__":
    main()
