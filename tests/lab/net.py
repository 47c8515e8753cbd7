"""Network namespaces on one bridge. Every host has one interface, eth0; both directions of its link can be shaped."""
import json
import subprocess


def run(*argv, **options):
    """Runs a program, returns its output; raises with its last words when it fails."""
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def inside(namespace):
    """The words before a command that make it run in that namespace."""
    return ["nsenter", f"--net=/run/netns/{namespace}"]


class Switch:
    """A bridge in a namespace of its own; hosts get 10.77.0.1, .2, ... of 10.77.0.0/16 in the order they are plugged in."""

    def __init__(self, name="lan"):
        self.name = name
        self.hosts = []
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        run("ip", "-n", name, "link", "set", "br0", "up")

    def plug(self, name, rate_mbit=None):
        host = Host(self, name, len(self.hosts) + 1)
        self.hosts.append(host)
        if rate_mbit:
            host.shape(rate_mbit)
        return host


class Host:
    def __init__(self, switch, name, number):
        self.switch, self.name, self.port = switch, name, f"p{number}"
        self.address = f"10.77.{(number - 1) // 250}.{(number - 1) % 250 + 1}"
        run("ip", "netns", "add", name)
        run("ip", "link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", self.port, "netns", switch.name)
        # One segment a packet: with segmentation offload the counters would miss most headers.
        run("ip", "-n", name, "link", "set", "eth0", "gso_max_segs", "1")
        run("ip", "-n", switch.name, "link", "set", self.port, "gso_max_segs", "1", "master", "br0", "up")
        run("ip", "-n", name, "address", "add", f"{self.address}/16", "brd", "+", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "route", "add", "224.0.0.0/4", "dev", "eth0")

    def shape(self, rate_mbit, latency_ms=200):
        """Both directions. The bucket holds 10 ms of line rate, at least 32 KiB: a small one throttles by itself."""
        burst = max(32 * 1024, int(rate_mbit * 1e6 / 8 * 0.01))
        for namespace, device in ((self.name, "eth0"), (self.switch.name, self.port)):
            run("tc", "-n", namespace, "qdisc", "replace", "dev", device, "root", "tbf", "rate", f"{rate_mbit}mbit",
                "burst", burst, "latency", f"{latency_ms}ms")

    def set_link(self, up):
        run("ip", "-n", self.switch.name, "link", "set", self.port, "up" if up else "down")

    def counters(self):
        """(received, sent) bytes of eth0, Ethernet headers included."""
        stats = json.loads(run("ip", "-n", self.name, "-j", "-s", "link", "show", "eth0"))[0]["stats64"]
        return stats["rx"]["bytes"], stats["tx"]["bytes"]

    def drop_multicast(self):
        run(*inside(self.name), "nft", "add table inet filter { chain out { type filter hook output priority 0 ; "
            "ip daddr 224.0.0.0/4 drop ; ip6 daddr ff00::/8 drop ; } ; chain in { type filter hook input priority 0 ; "
            "ip daddr 224.0.0.0/4 drop ; ip6 daddr ff00::/8 drop ; } ; }")

    def processes(self):
        return [int(pid) for pid in run("ip", "netns", "pids", self.name).split()]
