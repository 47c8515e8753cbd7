#!/usr/bin/env python3
"""What dunlin-tuf-client keeps, and what it makes of a folder that was damaged."""
from tuf_case import TufCase, main


class FolderTest(TufCase):
    def test_keeps_the_bytes_of_the_repository(self):
        self.repository.published["timestamp"][-1] += b" \n"
        self.started()

        for role in ("root", "timestamp", "snapshot", "targets"):
            self.assertEqual((self.metadata / f"{role}.json").read_bytes(), self.repository.newest(role), role)

    def test_init_asks_nobody(self):
        self.assert_done(self.init())

        self.assertEqual(self.versions(), {"root": 1})
        self.assertEqual(self.repository.requests, [])

    def test_init_begins_anew(self):
        self.repository.publish("root")
        self.started()
        self.repository = type(self.repository)()
        self.url = self.repository.serve()
        self.addCleanup(self.repository.close)

        self.assert_done(self.init())

        self.assertEqual(self.versions(), {"root": 1})
        self.assert_done(self.refresh())
        self.assertEqual((self.metadata / "root.json").read_bytes(), self.repository.newest("root"))

    def test_refresh_needs_init(self):
        self.assert_refused(self.refresh(), "run init")

        self.assertEqual(self.repository.requests, [])

    def test_what_was_damaged_is_fetched_again(self):
        self.repository.publish("root")
        for role in ("timestamp", "snapshot", "targets"):
            for damage in (b"", b"{", b"{}", b"\xff" * 100):
                with self.subTest(role, damage=damage):
                    self.started()
                    (self.metadata / f"{role}.json").write_bytes(damage)

                    self.assert_done(self.refresh())

                    self.assertEqual((self.metadata / f"{role}.json").read_bytes(), self.repository.newest(role))

    def test_a_damaged_root_stops_the_program(self):
        self.started()
        (self.metadata / "root.json").write_bytes(b"{}")

        self.assertEqual(self.refresh(), 1)

        self.assertEqual(self.repository.requests, [])

    def test_a_file_of_another_repository_is_left_out(self):
        self.started()
        other = type(self.repository)()
        (self.metadata / "timestamp.json").write_bytes(other.newest("timestamp"))

        self.assert_done(self.refresh())

        self.assertEqual((self.metadata / "timestamp.json").read_bytes(), self.repository.newest("timestamp"))

    def test_what_was_trusted_stays_when_the_repository_is_gone(self):
        self.started()
        before = self.versions()
        self.repository.close()

        self.assertEqual(self.refresh(), 1)

        self.assertEqual(self.versions(), before)

    def test_wrong_command_lines_are_explained(self):
        for words, because in ((["refresh"], "--metadata-url is missing"), (["fly"], "init, refresh, download"),
                               (["init"], "init takes one file"), (["--fly", "refresh"], "--fly is not an option"),
                               (["--metadata-url", self.url, "download"], "--target-base-url is missing")):
            self.assert_refused(self.run_client(*words), because)


if __name__ == "__main__":
    main()
