"""All devices of a topology with dunlin on them, and a seeder in the internet, ready for one update."""
import dataclasses
import os
import pathlib
import random

from lab import wait
from lab.device import Device
from lab.seeder import Seeder

OLD, NEW = "1.0.0", "2.0.0"
MIB = 1 << 20
# A check per interval would add WAN bytes that are not this update's.
SETTINGS = {"check_interval_s": 300, "look_interval_s": 0.3}
PAST_FETCHING = ("verifying", "staged", "trial")


@dataclasses.dataclass
class Member:
    """What is known of one device, as last seen. It keeps what it had when it died."""
    device: object
    received: int = 0
    wan: int = 0  # payload bytes over the WAN, wasted ones included
    role: str = ""
    done: bool = False
    dead: bool = False
    bystander: bool = False  # nobody waits for it; what it takes from the WAN counts
    status: dict = dataclasses.field(default_factory=dict)

    @property
    def name(self):
        return self.device.name

    @property
    def address(self):
        return self.device.host.address

    def look(self):
        status = None if self.dead else self.device.status()
        if self.device.failure:
            raise RuntimeError(f"{self.device.failure}\n{self.device.tail()}")
        if not status:
            return
        self.status, self.role = status, status["role"]
        self.received = max(self.received, status["verified_bytes"])
        # The ledger does not say where wasted bytes came from: whoever took nothing from the WAN wasted the LAN's.
        counted = status["bytes"]
        self.wan = max(self.wan, counted["wan"] + counted["wasted"] if counted["wan"] else 0)
        self.done = self.done or status["phase"] in PAST_FETCHING or status["version"] == NEW


def random_file(path, size, seed):
    """Bytes that nothing can compress: what is fetched is what was asked for."""
    rng = random.Random(seed)
    with open(path, "wb") as out:
        for at in range(0, size, MIB):
            out.write(rng.randbytes(min(MIB, size - at)))
    return path


class Fleet:
    """`payload_bytes` is the size of the new image; its pack, `pack_bytes`, is as large. `settings` are for every device,
    own_settings(number) for the first, second, ... (see Device); `environment` is the seeder's."""

    def __init__(self, programs, topology, folder, payload_bytes, settings=None, own_settings=None, environment=None):
        self.topology, self.folder = topology, pathlib.Path(folder)
        self.images = self.make_images(payload_bytes)
        self.seeder = Seeder(programs, self.folder / "seeder", topology.server, environment=environment)
        for version in list(self.images)[:-1]:
            self.publish(version)
        self.seeder.start()
        settings = SETTINGS | {"slot_bytes": self.image_bytes} | (settings or {})
        own_settings = own_settings or (lambda number: {})
        self.members = [self.member(host, programs, self.first_version(number), settings | own_settings(number))
                        for number, host in enumerate(topology.hosts, 1)]

    def member(self, host, programs, version, settings):
        return Member(Device(host.name, host, programs, self.folder, self.seeder, self.images[version],
                             version=version, **settings))

    # What other casts do otherwise.

    def make_images(self, payload_bytes):
        """{version: file} in the order of publication; the last is the new release."""
        return {OLD: random_file(self.folder / "old.img", MIB, 1), NEW: random_file(self.folder / "new.img", payload_bytes, 2)}

    def first_version(self, _number):
        """What the first, second, ... device runs before the update."""
        return OLD

    # Before the update.

    def publish(self, version):
        self.seeder.publish(version, self.images[version], "--level", "1", "--deltas", "0")

    def power_on(self):
        """Until every device rests on its first release and the new one is published."""
        self.rest(self.members)
        self.publish_new()

    def publish_new(self):
        self.publish(NEW)
        self.pack_bytes = next(p["size"] for p in self.seeder.packs(NEW) if not p.get("base"))

    @staticmethod
    def wake(members):
        for member in members:
            member.device.power_on()
        for member in members:
            member.device.wait_for("answers", bool)

    @property
    def image_bytes(self):
        return os.path.getsize(self.images[NEW])

    def rest(self, members):
        self.wake(members)
        self.ask_for_a_check(members)
        for member in members:
            member.device.wait_for("rests", self.is_resting, 120)

    @staticmethod
    def ask_for_a_check(members):
        """The first one by itself comes only after a while."""
        for member in members:
            member.device.wait_for("takes a check", lambda s: member.device.post("check")[0] < 300)

    @staticmethod
    def is_resting(status):
        return status["phase"] in ("idle", "confirmed") and status["last_check"]

    def start(self):
        for member in self.members:
            if not member.done:
                member.device.post("check")

    def look(self):
        for member in self.members:
            member.look()

    def leader(self):
        return next((m for m in self.members if not m.dead and m.role == "leader"), None)

    def kill_leader(self, power):
        member = self.leader()
        return member and self.kill(member, power)

    def kill(self, member, power=False):
        """For good. Returns its name."""
        if power:
            member.device.host.set_link(False)
        member.device.power_off()
        member.dead = True
        return member.name

    # Of fleets with a data budget (BudgetFleet).

    def stands_at_the_wall(self):
        return False

    def check_installed(self, deadline_s=60):
        """The live devices that boot the new release and hold exactly its image."""
        live = [m for m in self.members if m.done and not m.dead and not m.bystander]
        try:
            wait.until("all confirmed", lambda: all(self.is_confirmed(m) for m in live), deadline_s)
        except wait.Late:
            pass  # the count tells
        return [m for m in live if self.is_confirmed(m) and self.holds_new(m)]

    @staticmethod
    def is_confirmed(member):
        member.look()
        return member.status["version"] == NEW and member.status["phase"] == "confirmed"

    def holds_new(self, member):
        with open(member.device.slots[member.device.boots[-1]], "rb") as slot, open(self.images[NEW], "rb") as image:
            return slot.read(self.image_bytes) == image.read()

    def banned_by(self, address):
        """How many living devices banned the peer with that address."""
        return sum(any(f"peer {address} banned" in line for line in member.device.logged("peer_banned"))
                   for member in self.members if not member.dead)

    def memory_groups(self):
        return [m.device.settings["node_memory"] for m in self.members if m.device.settings["node_memory"]]

    def more(self):
        """What a cast knows beside the Outcome."""
        return {}

    def power_off(self):
        for member in self.members:
            if not member.dead:
                member.device.power_off()
        self.seeder.stop()
