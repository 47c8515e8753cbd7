#!/usr/bin/env python3
"""The far end of the WAN: any HTTP server over the repository folder, and our own with the congestion control it asks for."""
import unittest

import small_site
from lab import net, wait
from lab.static_server import ELSEWHERE, NO_RANGES, PLAIN, StaticServer
from small_site import MIB, SmallSite, V2


class FarEnd(unittest.TestCase):
    def setUp(self):
        self.site = SmallSite(small_site.options().programs, image_bytes=12 * MIB, wan_mbit=40)
        self.addCleanup(self.site.close)
        self.site.publish(V2)

    def update_two_devices_from(self, packs):
        """Returns the server, and what crossed the WAN as a share of the pack."""
        server = StaticServer(self.site.seeder, packs)
        self.addCleanup(server.stop)
        devices = [self.site.device(), self.site.device()]
        for device in devices:
            device.power_on()
        for device in devices:
            self.site.assert_updated(device)
        wan = sum(d.status()["bytes"]["wan"] for d in devices)
        return server, wan / min(pack["size"] for pack in self.site.seeder.packs(V2))

    def test_plain_nginx(self):
        server, share = self.update_two_devices_from(PLAIN)

        self.assertEqual(set(server.answers("/packs/")), {206})
        self.assertLess(share, 1.05)

    def test_nginx_that_keeps_the_packs_elsewhere(self):
        server, share = self.update_two_devices_from(ELSEWHERE)

        self.assertEqual(set(server.answers("/packs/")), {206, 302})
        self.assertLess(share, 1.05)

    def test_nginx_that_refuses_ranges(self):
        server, share = self.update_two_devices_from(NO_RANGES)

        self.assertEqual(set(server.answers("/packs/")), {200})
        self.assertLess(share, 1.05)

    def test_our_own_server_sends_with_bbr_whatever_the_machine_prefers(self):
        host = self.site.seeder.host
        net.run(*net.inside(host.name), "sysctl", "-qw", "net.ipv4.tcp_congestion_control=reno")
        self.site.seeder.start()
        device = self.site.device()
        device.power_on()

        def connections():
            port = self.site.seeder.port
            return net.run(*net.inside(host.name), "ss", "-Htino", "state", "established", f"( sport = :{port} )")
        used = wait.until("a connection to the seeder", connections, 60)

        self.assertRegex(used, r"\bbbr\b")
        self.assertNotRegex(used, r"\breno\b")


if __name__ == "__main__":
    small_site.main()
