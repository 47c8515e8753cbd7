"""A seeder's folder that `dunlin-seeder` made, served as plain files, and clients that follow it from any of its roots."""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import clock  # noqa: E402
import tuf_case  # noqa: E402

ONE_RUN_S_MAX = 300
WAITING = 3  # exit code: signatures are missing
PASSPHRASE = "correct horse battery staple"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class OperatorCase(unittest.TestCase):
    passphrase = ""  # of every key, by environment

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="dunlin-operator-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.seeder = self.folder / "seeder"
        self.keys, self.offline = self.seeder / "keys", self.folder / "offline"
        self.offline.mkdir()
        self.said = ""
        self.run_seeder("init", self.seeder, "--product", "edge", "--url", "https://127.0.0.1:8443")
        self.url = self.serve(self.seeder / "repository")

    def serve(self, folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def close():
            server.shutdown()
            thread.join()
            server.server_close()
        self.addCleanup(close)
        return f"http://127.0.0.1:{server.server_port}"

    # The operator.

    def environment(self, days=0, program="dunlin-seeder"):
        environment = {name: value for name, value in os.environ.items() if "PASSPHRASE" not in name}
        if self.passphrase:
            environment["DUNLIN_PASSPHRASE"] = self.passphrase
        return environment | (clock.wrong_clock(tuf_case.PROGRAMS, days, program) if days else {})

    def run_seeder(self, *arguments, code=0, days=0, **more):
        done = subprocess.run([tuf_case.PROGRAMS / "dunlin-seeder", *map(str, arguments)], capture_output=True,
                              text=True, timeout=ONE_RUN_S_MAX, env=self.environment(days) | more)
        self.said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, self.said)
        return done.stdout

    def key(self, command, *arguments, **options):
        return self.run_seeder("key", command, "--dir", self.seeder, *arguments, **options)

    def publish(self, version, *arguments, **options):
        image = self.folder / f"image-{version}"
        image.write_bytes(f"image {version} ".encode() * 4096)
        return self.run_seeder("publish", "--dir", self.seeder, "--version", version, "--image",
                               f"rootfs={image}", "--level", 1, *arguments, **options)

    def listed(self):
        return json.loads(self.key("list", "--json"))

    def ids(self, role):
        return [key["keyid"] for row in self.listed()["roles"] if row["role"] == role for key in row["keys"]]

    def key_files(self, role, folder=None):
        return sorted((folder or self.keys).glob(f"{role}-*.json"))

    def make_offline(self, role, *arguments, folder=None, **options):
        """A key on the other machine; its public half."""
        folder = folder or self.offline
        before = set(folder.glob("*.pub"))
        self.run_seeder("key", "make", "--role", role, "--keys", folder, *arguments, **options)
        (made,) = set(folder.glob("*.pub")) - before
        return made

    def carry(self, *folders, code=0):
        """What waits goes to each machine with keys and comes back."""
        for folder in folders:
            change = self.folder / "change.json"
            self.key("export", "-o", change)
            self.run_seeder("key", "sign", change, "--keys", folder)
            is_last = folder == folders[-1]
            self.key("import", change, code=code if is_last else WAITING)

    # A device, and what it trusts.

    def root_file(self, version):
        return self.seeder / "repository/metadata" / f"{version}.root.json"

    def device(self, name, root=1):
        metadata = self.folder / name
        self.assertEqual(self.run_client(metadata, "init", self.root_file(root)), 0, self.said)
        return metadata

    def run_client(self, metadata, *arguments, days=0):
        done = subprocess.run([tuf_case.PROGRAMS / "dunlin-tuf-client", "--metadata-dir", metadata, *map(str, arguments)],
                              capture_output=True, text=True, timeout=ONE_RUN_S_MAX,
                              env=self.environment(days, "dunlin-tuf-client"))
        self.said = done.stderr
        return done.returncode

    def refresh(self, metadata, days=0):
        return self.run_client(metadata, "--metadata-url", self.url + "/metadata", "refresh", days=days)

    def assert_follows(self, *devices):
        for device in devices:
            self.assertEqual(self.refresh(device), 0, f"{device.name}: {self.said}")
            newest = max(int(file.name.split(".")[0]) for file in self.root_file(1).parent.glob("*.root.json"))
            self.assertEqual(self.versions(device)["root"], newest)

    @staticmethod
    def versions(metadata):
        return {file.name.removesuffix(".json"): json.loads(file.read_bytes())["signed"]["version"]
                for file in metadata.glob("*.json")}

    def offers(self, metadata):
        """Versions of the releases that this device knows."""
        targets = json.loads((metadata / "targets.json").read_bytes())["signed"]["targets"]
        return sorted(target["custom"]["version"] for target in targets.values())


main = tuf_case.main
