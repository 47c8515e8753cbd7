"""What the test files of this folder share: a repository, a folder, and dunlin-tuf-client between them."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import clock  # noqa: E402
from repository import Repository  # noqa: E402

PROGRAMS = None
CLIENT = "dunlin-tuf-client"
ONE_RUN_S_MAX = 120  # a client that hangs fails its test


class TufCase(unittest.TestCase):
    with_hashes = False

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dunlin-tuf-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.metadata, self.targets = self.folder / "metadata", self.folder / "targets"
        self.repository = Repository(self.with_hashes)
        self.url = self.repository.serve()
        self.addCleanup(self.repository.close)
        self.said = ""

    # The program: each returns its exit status.

    def run_client(self, *arguments, days=0):
        environment = dict(os.environ)
        if days:
            environment |= clock.wrong_clock(PROGRAMS, days, CLIENT)
        done = subprocess.run([PROGRAMS / CLIENT, "--metadata-dir", self.metadata, *arguments],
                              env=environment, capture_output=True, text=True, timeout=ONE_RUN_S_MAX)
        self.said = done.stderr
        return done.returncode

    def init(self, root=None):
        file = self.folder / "trusted-root.json"
        file.write_bytes(root or self.repository.published["root"][0])
        return self.run_client("init", str(file))

    def refresh(self, days=0):
        return self.run_client("--metadata-url", self.url + "/metadata", "refresh", days=days)

    def download(self, *names, days=0):
        chosen = [word for name in names for word in ("--target-name", name)]
        return self.run_client("--metadata-url", self.url + "/metadata/", *chosen, "--target-base-url",
                               self.url + "/targets/", "--target-dir", str(self.targets), "download", days=days)

    # What is to be seen afterwards.

    def versions(self):
        """The trusted versions, by role."""
        return {file.name.removesuffix(".json"): json.loads(file.read_bytes())["signed"]["version"]
                for file in sorted(self.metadata.glob("*.json"))}

    def downloads(self):
        return sorted(file.read_bytes() for file in self.targets.rglob("*") if file.is_file())

    def started(self):
        """A client that has the first root and refreshed once."""
        self.assertEqual((self.init(), self.refresh()), (0, 0), self.said)
        self.repository.asked()

    def assert_refused(self, status, because):
        self.assertEqual(status, 1, self.said)
        self.assertIn(because, self.said)

    def assert_done(self, status):
        self.assertEqual(status, 0, self.said)


def main():
    global PROGRAMS
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    PROGRAMS = options.programs.resolve()
    unittest.main(argv=[sys.argv[0], *options.tests], verbosity=2)
