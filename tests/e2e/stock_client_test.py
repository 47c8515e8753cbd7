#!/usr/bin/env python3
"""A stock BitTorrent client takes a pack out of our swarm: from the seeder, and from a device alone."""
import json
import unittest

import small_site
from lab import net, wait
from lab.process import Process
from small_site import MIB, SmallSite, V2, sha256

SEEDER_PORT, DEVICE_PORT, WEB_PORT = 6881, 6882, 8080
# No discovery of its own: it is told of one peer, so the test knows where the bytes come from.
SETTINGS = f"""[LegalNotice]
Accepted=true
[Preferences]
WebUI\\LocalHostAuth=false
WebUI\\Port={WEB_PORT}
[BitTorrent]
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
"""


class StockClient:
    """qBittorrent in a host of its own, driven by its web API."""

    def __init__(self, site):
        name = site.name("stock")
        self.host, self.folder = site.switch.plug(name), site.folder / name
        settings = self.folder / "qBittorrent/config/qBittorrent.conf"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        argv = [*net.inside(self.host.name), "qbittorrent-nox", f"--profile={self.folder}"]
        self.process = Process("qbittorrent-nox", argv, self.folder / "client.log")
        wait.until("the stock client answers", lambda: self.api("app/version") or not self.process.running())

    def api(self, method, *form):
        fields = [word for field in form for word in ("-F", field)]
        command = [*net.inside(self.host.name), "curl", "-s", *fields, f"http://127.0.0.1:{WEB_PORT}/api/v2/{method}"]
        return net.run("sh", "-c", '"$@" || true', "sh", *command)

    def fetch(self, torrent, peer):
        """Starts the torrent in this file, with this one peer."""
        self.api("torrents/add", f"torrents=@{torrent}", f"savepath={self.folder}")
        wait.until("the stock client takes the torrent", self.torrents)
        self.api("torrents/addPeers", f"hashes={self.torrents()[0]['hash']}", f"peers={peer}")

    def torrents(self):
        return json.loads(self.api("torrents/info") or "[]")

    def is_done(self):
        return any(each["progress"] == 1 for each in self.torrents())

    def wait_for_file(self, name):
        wait.until("the stock client has the pack", self.is_done, 60)
        return self.folder / name


class StockClientTest(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=8 * MIB)
        self.addCleanup(self.site.close)
        self.site.publish(V2)
        self.site.seeder.start()
        self.full, self.delta = self.site.seeder.packs(V2)
        self.client = StockClient(self.site)
        self.addCleanup(self.client.process.stop)

    def assert_fetched(self, pack, peer):
        self.client.fetch(self.site.folder / "seeder/repository" / pack["torrent"]["path"], peer)
        found = self.client.wait_for_file(f"{pack['sha256']}.pack")
        self.assertEqual(sha256(found), pack["sha256"])

    def test_from_the_seeder(self):
        self.assert_fetched(self.full, f"{self.site.seeder.host.address}:{SEEDER_PORT}")

    def test_from_a_device_when_the_seeder_is_gone(self):
        device = self.site.device(swarm=f"listen_port = {DEVICE_PORT}")
        device.power_on()
        self.site.assert_updated(device)
        self.site.seeder.stop()

        self.assert_fetched(self.delta, f"{device.host.address}:{DEVICE_PORT}")


if __name__ == "__main__":
    small_site.main()
