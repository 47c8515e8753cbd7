"""dunlin-seeder as an operator runs it."""
import json
import os
import pathlib
import shutil

from lab import net
from lab.process import Process


class Seeder:
    def __init__(self, programs, folder, host, product="edge", port=8443, environment=None, like=None):
        """`like`: a seeder at rest at the same address; its folder is copied instead of made anew."""
        self.environment = os.environ | (environment or {})
        self.program, self.folder, self.host = pathlib.Path(programs, "dunlin-seeder"), pathlib.Path(folder), host
        self.url = f"https://{host.address}:{port}"
        self.port = port
        self.process = None
        self.peak_kib = 0
        self.log = self.folder.parent / "seeder.log"
        if like:
            shutil.copytree(like.folder, self.folder)
        else:
            self.run("init", self.folder, "--product", product, "--url", self.url)

    def run(self, *arguments):
        return net.run(*net.inside(self.host.name), self.program, *arguments, env=self.environment)

    def publish(self, version, image, *options):
        """Returns its output. Peak memory of the publisher is not the server's."""
        return self.run("publish", "--dir", self.folder, "--version", version, "--image", f"rootfs={image}", *options)

    def start(self):
        self.process = Process("seeder", [*net.inside(self.host.name), self.program, "serve", "--dir", self.folder], self.log,
                               self.environment)
        from lab import wait
        wait.until("the seeder listens", lambda: self.listening() or self.ended())
        if not self.process.running():
            raise RuntimeError(f"dunlin-seeder serve ended: {self.process.output()[-800:]}")

    def ended(self):
        return not self.process.running()

    def listening(self):
        return f":{self.port} " in net.run(*net.inside(self.host.name), "ss", "-Hltn") and self.process.running()

    def sample(self):
        if self.process:
            self.peak_kib = max(self.peak_kib, self.process.peak_rss_kib())

    def stop(self):
        self.sample()
        return self.process.stop()

    def kill(self):
        self.sample()
        return self.process.kill()

    def status(self):
        return json.loads(self.run("status", "--dir", self.folder, "--json"))

    def served(self):
        """Bytes that it gave away, by HTTPS and by BitTorrent, metadata included."""
        return sum(self.status()["served"].values())

    def give_trust_to(self, folder):
        """What a factory puts on each device: the first root metadata and the server's certificate authority."""
        shutil.copy(self.folder / "repository/metadata/1.root.json", pathlib.Path(folder, "root.json"))
        shutil.copy(self.folder / "tls/ca.pem", pathlib.Path(folder, "ca.pem"))

    def files(self, kind):
        """Paths below the repository: kind is metadata, targets, packs or torrents."""
        return sorted(p for p in (self.folder / "repository" / kind).rglob("*") if p.is_file())

    def manifest(self, version):
        for path in self.files("targets"):
            manifest = json.loads(path.read_bytes())
            if manifest["version"] == version:
                return manifest
        raise RuntimeError(f"no manifest of {version} in the repository")

    def packs(self, version):
        """Of the first image: {"path", "size", "torrent", and "base" in deltas}."""
        return self.manifest(version)["images"][0]["packs"]
