"""A site from a small description: one server in the internet, subnets of devices behind a router.

    Layout(devices=8)                                      eight devices in one subnet, WAN of 4 Mbit/s
    Layout(subnets=(4, 4), multicast=False)                two subnets joined by the router, multicast filtered
    Layout(devices=2, wan=Line(1, delay_ms=40, loss=0.05)) a thin line that delays and loses
    Layout(devices=8, wan=Line(1), own_uplinks=True)       no router: one subnet, and a line of its own for each device"""
import dataclasses

from lab.net import Switch
from lab.router import Router
from lab.uplinks import Uplinks


@dataclasses.dataclass(frozen=True)
class Line:
    """A WAN line, the same both ways. The delay is one way; the loss is the share of packets of each direction."""
    mbit: float = 4
    queue_ms: float = 200
    delay_ms: float = 0
    loss: float = 0


@dataclasses.dataclass(frozen=True)
class Layout:
    devices: int = 0
    subnets: tuple = ()  # devices of each; empty: one subnet with all
    wan: Line = Line()
    lan_mbit: float = 100
    multicast: bool = True
    own_uplinks: bool = False

    @property
    def devices_by_subnet(self):
        return self.subnets or (self.devices,)

    @property
    def count(self):
        return sum(self.devices_by_subnet)

    @property
    def wan_mbit(self):
        """What the site can get over the WAN."""
        return self.wan.mbit * (self.count if self.own_uplinks else 1)


class UplinkSite:
    """One subnet of hosts, each with a modem. What a router does for others, the uplinks do together."""

    def __init__(self, name, server, layout):
        switch = Switch(f"{name}-lan0", "10.80")
        self.hosts = [switch.plug(f"{name}-{i + 1}", layout.lan_mbit) for i in range(layout.count)]
        self.router = Uplinks(self.hosts, server, layout.wan)


class Site:
    """One router and the hosts behind it."""

    def __init__(self, name, internet, server, layout, folder):
        self.name = name
        self.switches = [Switch(f"{name}-lan{i}", f"10.{80 + i}") for i in range(len(layout.devices_by_subnet))]
        self.router = Router(f"{name}-router", internet, self.switches, server, layout.wan, folder)
        self.hosts = []
        for switch, gateway, count in zip(self.switches, self.router.gateways, layout.devices_by_subnet):
            for _ in range(count):
                self.add_host(switch, gateway, layout)

    def add_host(self, switch, gateway, layout):
        host = switch.plug(f"{self.name}-{len(self.hosts) + 1}", layout.lan_mbit)
        host.use_gateway(gateway)
        if not layout.multicast:
            host.drop_multicast()
        self.router.count_host(host.address)
        self.hosts.append(host)


class Topology:
    """`prefix` keeps the names of several topologies in one cage apart; at most three letters."""

    def __init__(self, layout, folder, prefix=""):
        self.layout = layout
        self.internet = Switch(f"{prefix}internet", "10.77")
        self.server = self.internet.plug(f"{prefix}server")
        name = f"{prefix}site"
        site = (UplinkSite(name, self.server, layout) if layout.own_uplinks
                else Site(name, self.internet, self.server, layout, folder))
        self.hosts, self.router = site.hosts, site.router
