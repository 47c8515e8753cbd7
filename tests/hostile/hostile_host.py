"""Strangers as tests use them: each a process of its own in a host's network namespace."""
import json
import pathlib
import subprocess
import sys

from lab import net

MORE_ADDRESSES = 8  # one for each of its mirrors
HERE = pathlib.Path(__file__).resolve().parent


class StrangerHost:
    """`roles` of stranger.py, from a host of its own on the site's switch."""

    def __init__(self, site, roles, contents, repositories, seed=0):
        self.host = site.switch.plug(site.name("evil"), 100)
        addresses = [self.host.address]
        for _ in range(MORE_ADDRESSES):
            site.switch.links += 1
            addresses.append(site.switch.address(site.switch.links))
            net.run("ip", "-n", self.host.name, "address", "add", f"{addresses[-1]}/16", "dev", "eth0")
        task = {"addresses": addresses, "roles": roles, "contents": contents, "seed": seed,
                "repositories": {name: str(path) for name, path in repositories.items()}}
        self.child = subprocess.Popen([*net.inside(self.host.name), sys.executable, HERE / "stranger.py", json.dumps(task)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def account(self):
        self.child.stdin.write(b"\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def leave(self):
        if self.child.poll() is None:
            self.child.stdin.close()
            self.child.wait()
        self.child.stdout.close()


class ArpSpoofer:
    """Takes an address of others: the switch's hosts believe that it is here, and so does this host."""

    def __init__(self, host, address):
        self.host, self.address = host, address
        net.run("ip", "-n", host.name, "address", "add", f"{address}/32", "dev", "eth0")
        self.child = subprocess.Popen([*net.inside(host.name), sys.executable, HERE / "arp_spoofer.py", "eth0", address],
                                      stdin=subprocess.PIPE)

    def leave(self):
        if self.child.poll() is None:
            self.child.stdin.close()
            self.child.wait()
            net.run("ip", "-n", self.host.name, "address", "del", f"{self.address}/32", "dev", "eth0")
