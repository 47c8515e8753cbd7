"""The router of a site: subnets on one side, the WAN behind one address (NAT) on the other.

Its WAN interface is where a site's use of the WAN is counted, where the line's rate is shaped, and where it is cut:
a cut drops every packet in both directions and nobody is told, as when a modem loses its line."""
import pathlib
import sys

from lab import net, streams
from lab.net import inside, run
from lab.process import Process

ETHERNET_HEADER = 14


class Router:
    """`internet` and `subnets` are switches. A line that delays is emulated, loss included."""

    def __init__(self, name, internet, subnets, server, line, log_folder):
        self.name, self.line, self.wan = name, line, "wan0"
        run("ip", "netns", "add", name)
        run(*inside(name), "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.is_emulated = bool(line.delay_ms)
        if self.is_emulated:
            self.join_by_emulator(server, pathlib.Path(log_folder, f"{name}-line.log"))
        else:
            internet.attach(name, self.wan).shape(line.mbit, line.queue_ms)
            self.lose(line.loss)
        self.gateways = [subnet.attach(name, f"lan{i}").address for i, subnet in enumerate(subnets)]
        run(*inside(name), "nft", f'add table ip nat {{ chain out {{ type nat hook postrouting priority 100 ; '
            f'oifname "{self.wan}" masquerade ; }} ; }}')
        streams.begin(name, "forward")

    def join_by_emulator(self, server, log):
        """A line with delay ends in the server's namespace: both ends are interfaces of one program."""
        line, far = self.line, self.name[:15]
        program = pathlib.Path(__file__).with_name("emulator.py")
        self.emulator = Process("emulator", [sys.executable, program, f"{self.name}/{self.wan}", f"{server.name}/{far}",
                                             "--mbit", line.mbit, "--queue-ms", line.queue_ms,
                                             "--delay-ms", line.delay_ms, "--loss", line.loss], log)
        self.emulator.wait_for_line("ready")
        for namespace, device, own, other in ((self.name, self.wan, "10.79.0.2", "10.79.0.1"),
                                              (server.name, far, "10.79.0.1", "10.79.0.2")):
            run("ip", "-n", namespace, "address", "add", own, "peer", other, "dev", device)
            run("ip", "-n", namespace, "link", "set", device, "up")
        run("ip", "-n", self.name, "route", "add", "default", "dev", self.wan)

    # What happens to the line.

    def cut(self):
        run(*inside(self.name), "nft", f'add table inet cut {{ '
            f'chain in {{ type filter hook prerouting priority -400 ; iifname "{self.wan}" drop ; }} ; '
            f'chain out {{ type filter hook postrouting priority 400 ; oifname "{self.wan}" drop ; }} ; }}')

    def restore(self):
        run(*inside(self.name), "nft", "delete table inet cut")

    def lose(self, share):
        """Drops that share of the packets of each direction by chance."""
        if not share:
            return
        chance = f"numgen random mod 1000 < {int(share * 1000)}"
        run(*inside(self.name), "nft", f'add table inet lossy {{ '
            f'chain in {{ type filter hook prerouting priority -400 ; iifname "{self.wan}" {chance} drop ; }} ; '
            f'chain out {{ type filter hook postrouting priority 400 ; oifname "{self.wan}" {chance} drop ; }} ; }}')

    # What crossed it.

    def wan_bytes(self):
        """(down, up) on the wire, Ethernet headers included."""
        both = net.counters(self.name, self.wan)
        header = ETHERNET_HEADER if self.is_emulated else 0  # a TUN interface has none
        return tuple(both[way]["bytes"] + header * both[way]["packets"] for way in ("rx", "tx"))

    def count_host(self, address):
        """From now on `streams` knows what this host gets over the WAN."""
        streams.count(self.name, "forward", f'iifname "{self.wan}" ip daddr {address}', address)

    def streams(self):
        """{address: bytes in streams (TCP, uTP) that came down the WAN for it}: all that its programs could read, with TLS."""
        return streams.read(self.name)
