"""The scenarios: what the site looks like, what happens to it, and what must hold."""
import dataclasses

from lab.casts import BudgetFleet, BundleFleet, LateFleet, MixedFleet
from lab.fleet import Fleet
from lab.schedule import Cut, LeaderDies, MonthTurns
from lab.topology import Layout, Line

FOREIGN = ("http", "aria2", "transmission")
PAYLOAD_MB = 40
CUTS, CUT_S = 5, 60


@dataclasses.dataclass(frozen=True)
class Limits:
    """Upper limits, but the rate. None: not asked."""
    payload_ratio: float = None
    wire_ratio: float = None
    last_ratio: float = None  # of payload/rate
    last_extra_s: float = None  # beyond payload/rate and cuts
    image_lan_ratio: float = None  # time of the last device to image/LAN rate
    stall_s: float = None
    rate_share_min: float = None  # payload per second as a share of the line's rate
    predicted_ratio: float = None  # of what the planners expected in the end
    as_fast_as_curl: bool = False
    no_kills: bool = False  # of nodes by a full memory group
    must_ban: bool = False  # the devices that spoil what they send
    idle_bytes_per_s: float = None  # of the busiest device, afterwards
    idle_rss_mib: float = None  # of the largest node, afterwards
    wall_error: float = None  # how far from its data budget the site stopped, as a share of the budget


@dataclasses.dataclass(frozen=True)
class Scenario:
    layout: Layout
    limits: Limits
    faults: object = None  # payload/rate in seconds -> list of faults
    cast: type = Fleet  # who runs what before the update
    tools: tuple = ()  # besides dunlin
    idle_s: float = 0  # afterwards, what the site costs at rest is measured for so long
    node_memory_mib: int = None  # limit of each node, page cache included; then images lie on disk
    payload_mb: int = PAYLOAD_MB
    spoiling: tuple = ()  # numbers of devices that spoil all content they send
    http_devices: int = None  # plain HTTP runs with that many, where one download is the yardstick

    def faults_for(self, ideal_s):
        return self.faults(ideal_s) if self.faults else []


def five_cuts(ideal_s):
    """Between two cuts the line carries 15 % of the payload."""
    return [Cut(at_s=(0.15 + 0.15 * i) * ideal_s + CUT_S * i, for_s=CUT_S) for i in range(CUTS)]


def two_leaders_die(ideal_s):
    """The first is killed, and its kernel says so to its peers; of the second nothing is heard any more."""
    return [LeaderDies(at_share=0.3), LeaderDies(at_share=0.6, power=True)]


def next_month(_ideal_s):
    return [MonthTurns()]


ONCE = Limits(payload_ratio=1.01, wire_ratio=1.06, last_ratio=1.09)
ONCE_AND_REST = dataclasses.replace(ONCE, idle_bytes_per_s=200, idle_rss_mib=16)
NEARLY_ONCE = Limits(payload_ratio=1.01 * 1.1, wire_ratio=1.06 * 1.1, last_ratio=1.09 * 1.1)
LOSSY = Line(mbit=1, delay_ms=40, loss=0.05)
SATELLITE = Line(mbit=2, delay_ms=300, loss=0.01, queue_ms=600)

SCENARIOS = {
    "n2": Scenario(Layout(devices=2), ONCE, tools=FOREIGN),
    "n8": Scenario(Layout(devices=8), ONCE, tools=FOREIGN),
    "n24": Scenario(Layout(devices=24), ONCE_AND_REST, idle_s=300),
    "leader_killed": Scenario(Layout(devices=8), Limits(payload_ratio=1.02, stall_s=5), two_leaders_die),
    "fresh_device": Scenario(Layout(devices=4), Limits(payload_ratio=0, image_lan_ratio=1.5), cast=LateFleet),
    "mixed_versions": Scenario(Layout(devices=5), Limits(payload_ratio=1.02, predicted_ratio=1.02), cast=MixedFleet),
    "two_subnets": Scenario(Layout(subnets=(4, 4), multicast=False), NEARLY_ONCE),
    "own_uplinks": Scenario(Layout(devices=8, wan=Line(mbit=1), own_uplinks=True),
                            Limits(payload_ratio=1.05, last_ratio=1.25)),
    "wan_cuts": Scenario(Layout(devices=2), Limits(payload_ratio=1.02, last_extra_s=15), five_cuts),
    "loss5": Scenario(Layout(devices=2, wan=LOSSY), Limits(rate_share_min=0.85, as_fast_as_curl=True),
                      tools=("http",), http_devices=1),
    "satellite": Scenario(Layout(devices=2, wan=SATELLITE), Limits(rate_share_min=0.75), tools=("http",), http_devices=1),
    "corrupt_peer": Scenario(Layout(devices=8), Limits(payload_ratio=1.02, must_ban=True), spoiling=(8,)),
    "budget": Scenario(Layout(devices=2), Limits(payload_ratio=1.02, wall_error=0.01), next_month, cast=BudgetFleet),
    "usb_site": Scenario(Layout(devices=4), Limits(payload_ratio=0, wire_ratio=0), cast=BundleFleet),
    "small_memory": Scenario(Layout(devices=1, wan=Line(mbit=100)), Limits(payload_ratio=1.01, no_kills=True),
                             node_memory_mib=64, payload_mb=1074),
}
