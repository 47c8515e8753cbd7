"""Network namespaces on bridges. A host has one interface, eth0; both directions of its link can be shaped."""
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


def shape_one_way(namespace, device, rate_mbit, queue_ms):
    """The bucket holds 10 ms of line rate, at least 32 KiB: a small one throttles by itself."""
    burst = max(32 * 1024, int(rate_mbit * 1e6 / 8 * 0.01))
    run("tc", "-n", namespace, "qdisc", "replace", "dev", device, "root", "tbf", "rate", f"{rate_mbit}mbit",
        "burst", burst, "latency", f"{queue_ms}ms")


def counters(namespace, device):
    """{"rx": {"bytes", "packets", ...}, "tx": {...}} of an interface. Ethernet headers count where it has them."""
    lines = run(*inside(namespace), "cat", "/proc/net/dev").splitlines()
    fields = next(line for line in lines if line.strip().startswith(device + ":")).split(":")[1].split()
    names = ("bytes", "packets")
    return {"rx": dict(zip(names, map(int, fields[:2]))), "tx": dict(zip(names, map(int, fields[8:10])))}


class Switch:
    """A bridge in a namespace of its own; hosts get .0.1, .0.2, ... of its /16 network in the order they are plugged in."""

    def __init__(self, name="lan", network="10.77"):
        self.name, self.network = name, network
        self.hosts = []
        self.links = 0
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        run("ip", "-n", name, "link", "set", "br0", "up")

    def plug(self, name, rate_mbit=None):
        host = Host(self, name)
        self.hosts.append(host)
        if rate_mbit:
            host.shape(rate_mbit)
        return host

    def address(self, number):
        return f"{self.network}.{(number - 1) // 250}.{(number - 1) % 250 + 1}"

    def attach(self, namespace, interface):
        return Link(self, namespace, interface)


class Link:
    """A cable from a namespace's interface to a port of a switch."""

    def __init__(self, switch, namespace, interface):
        switch.links += 1
        number = switch.links
        self.switch, self.namespace, self.interface, self.port = switch, namespace, interface, f"p{number}"
        self.address = switch.address(number)
        run("ip", "link", "add", interface, "netns", namespace, "type", "veth", "peer", "name", self.port, "netns", switch.name)
        # One segment a packet: with segmentation offload the counters would miss most headers.
        run("ip", "-n", namespace, "link", "set", interface, "gso_max_segs", "1")
        run("ip", "-n", switch.name, "link", "set", self.port, "gso_max_segs", "1", "master", "br0", "up")
        run("ip", "-n", namespace, "address", "add", f"{self.address}/16", "brd", "+", "dev", interface)
        run("ip", "-n", namespace, "link", "set", interface, "up")

    def shape(self, rate_mbit, queue_ms=200):
        """Both directions."""
        shape_one_way(self.namespace, self.interface, rate_mbit, queue_ms)
        shape_one_way(self.switch.name, self.port, rate_mbit, queue_ms)

    def change_address(self):
        """As a DHCP server does that forgot its leases: another address, and the old one is gone at once."""
        self.switch.links += 1
        old, self.address = self.address, self.switch.address(self.switch.links)
        run("ip", "-n", self.namespace, "address", "del", f"{old}/16", "dev", self.interface)
        run("ip", "-n", self.namespace, "address", "add", f"{self.address}/16", "brd", "+", "dev", self.interface)

    def set_up(self, up):
        run("ip", "-n", self.switch.name, "link", "set", self.port, "up" if up else "down")

    def counters(self):
        return counters(self.namespace, self.interface)


class Host:
    def __init__(self, switch, name):
        self.name = name
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        self.link = switch.attach(name, "eth0")
        self.address = self.link.address
        run("ip", "-n", name, "route", "add", "224.0.0.0/4", "dev", "eth0")

    def shape(self, rate_mbit, queue_ms=200):
        self.link.shape(rate_mbit, queue_ms)

    def set_link(self, up):
        self.link.set_up(up)

    def change_address(self):
        self.link.change_address()
        self.address = self.link.address
        run("ip", "-n", self.name, "route", "replace", "224.0.0.0/4", "dev", "eth0")

    def use_gateway(self, address):
        run("ip", "-n", self.name, "route", "add", "default", "via", address)

    def counters(self):
        """(received, sent) bytes of eth0, Ethernet headers included."""
        both = self.link.counters()
        return both["rx"]["bytes"], both["tx"]["bytes"]

    def drop_multicast(self):
        run(*inside(self.name), "nft", "add table inet filter { chain out { type filter hook output priority 0 ; "
            "ip daddr 224.0.0.0/4 drop ; ip6 daddr ff00::/8 drop ; } ; chain in { type filter hook input priority 0 ; "
            "ip daddr 224.0.0.0/4 drop ; ip6 daddr ff00::/8 drop ; } ; }")

    def processes(self):
        return [int(pid) for pid in run("ip", "netns", "pids", self.name).split()]
