"""Devices with a modem each: besides eth0 on the LAN every host has wan0, a cable of its own to the server, which is its
default route. Together they answer what a site's router answers (router.py)."""
from lab import net, streams
from lab.net import inside, run

WAN = "wan0"


class Uplink:
    """The cable of the first, second, ... host; both directions have the line's rate."""

    def __init__(self, host, server, line, number):
        self.host = host
        near, far = f"10.78.{number}.2", f"10.78.{number}.1"
        port = f"up{number}"
        run("ip", "link", "add", WAN, "netns", host.name, "type", "veth", "peer", "name", port, "netns", server.name)
        for namespace, device, address in ((host.name, WAN, near), (server.name, port, far)):
            run("ip", "-n", namespace, "link", "set", device, "gso_max_segs", "1")
            run("ip", "-n", namespace, "address", "add", f"{address}/30", "dev", device)
            run("ip", "-n", namespace, "link", "set", device, "up")
            net.shape_one_way(namespace, device, line.mbit, line.queue_ms)
        host.use_gateway(far)
        streams.begin(host.name, "input")
        streams.count(host.name, "input", f'iifname "{WAN}"', host.address)

    def cut(self):
        run(*inside(self.host.name), "nft", f'add table inet cut {{ '
            f'chain in {{ type filter hook prerouting priority -400 ; iifname "{WAN}" drop ; }} ; '
            f'chain out {{ type filter hook postrouting priority 400 ; oifname "{WAN}" drop ; }} ; }}')

    def restore(self):
        run(*inside(self.host.name), "nft", "delete table inet cut")


class Uplinks:
    def __init__(self, hosts, server, line):
        if line.delay_ms or line.loss:
            raise ValueError("uplinks of devices have a rate only, neither delay nor loss")
        self.links = [Uplink(host, server, line, number) for number, host in enumerate(hosts, 1)]

    def cut(self):
        for link in self.links:
            link.cut()

    def restore(self):
        for link in self.links:
            link.restore()

    def wan_bytes(self):
        """(down, up) on the wire over all of them, Ethernet headers included."""
        both = [net.counters(link.host.name, WAN) for link in self.links]
        return tuple(sum(each[way]["bytes"] for each in both) for way in ("rx", "tx"))

    def streams(self):
        """{address on the LAN: bytes in streams that came down its uplink}."""
        return {name: count for link in self.links for name, count in streams.read(link.host.name).items()}
