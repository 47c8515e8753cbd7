"""Sites whose devices do not all start from the same release."""
import random

from lab import wait
from lab.clock import MonthsEnd
from lab.fleet import MIB, NEW, Fleet, random_file

CELL = 64 * 1024
COPIES = 4


def compressible_file(path, size, seed):
    """A pack of it is a quarter of its size: cells of 16 KiB of random bytes, four times each."""
    rng = random.Random(seed)
    with open(path, "wb") as out:
        for _ in range(0, size, CELL):
            out.write(rng.randbytes(CELL // COPIES) * COPIES)
    return path


class BundleFleet(Fleet):
    """Never sees its seeder: the line is cut from the beginning. The first device is given a bundle; half of the others run
    an older release than it."""

    OLDER = "0.9.0"

    def make_images(self, payload_bytes):
        return {self.OLDER: random_file(self.folder / "older.img", MIB, 3)} | super().make_images(payload_bytes)

    def first_version(self, number):
        return self.OLDER if number % 2 == 0 else super().first_version(number)

    def power_on(self):
        self.topology.router.cut()
        self.publish_new()
        self.bundle = self.folder / "edge.bundle"
        self.seeder.run("bundle", "--dir", self.seeder.folder, "-o", self.bundle)
        self.wake(self.members)

    def start(self):
        self.members[0].device.install(self.bundle)


class LateFleet(Fleet):
    """All but the last device run the new release from the factory on: they hold its image and no pack. The last one joins,
    with an older release that has nothing in common with it. Only its update is watched."""

    OLDER = "0.9.0"

    def make_images(self, payload_bytes):
        return {self.OLDER: random_file(self.folder / "older.img", MIB, 1),
                NEW: compressible_file(self.folder / "new.img", COPIES * payload_bytes // CELL * CELL, 2)}

    def first_version(self, number):
        return self.OLDER if number == len(self.topology.hosts) else NEW

    def power_on(self):
        *neighbours, fresh = self.members
        self.publish_new()
        for member in neighbours:
            member.bystander = True
        self.wake(neighbours)
        self.ask_for_a_check(neighbours)
        wait.until("neighbours offer their image", lambda: all(map(self.offers_image, neighbours)), 120, 0.5)
        self.wake([fresh])

    @staticmethod
    def offers_image(member):
        return any(member.device.folder.glob("data/node/images/*.torrent"))


class MixedFleet(Fleet):
    """Five devices on three releases. Each release changed another quarter of the image: the delta packs of the new one are
    a quarter, a half, and three quarters of it."""

    VERSIONS = ("1.0.0", "1.1.0", "1.2.0", NEW)
    FIRST = ("1.0.0", "1.0.0", "1.1.0", "1.1.0", "1.2.0")

    def __init__(self, *arguments, **settings):
        self.predicted = {}  # release a device comes from -> what it said last, while it fetched
        super().__init__(*arguments, **settings)

    def make_images(self, payload_bytes):
        quarter = payload_bytes // 4 // CELL * CELL
        return {version: self.make_image(number, version, quarter) for number, version in enumerate(self.VERSIONS)}

    def make_image(self, number, version, quarter):
        path = self.folder / f"{version}.img"
        with open(path, "wb") as out:
            for part in range(4):
                changed_in = part if part <= number else 0
                out.write(random.Random(part * 10 + changed_in).randbytes(quarter))
        return path

    def first_version(self, number):
        return self.FIRST[number - 1]

    def publish(self, version):
        deltas = len(self.VERSIONS) - 1 if version == NEW else 0
        self.seeder.publish(version, self.images[version], "--level", "1", "--deltas", deltas)

    def publish_new(self):
        self.publish(NEW)
        self.pack_bytes = min(p["size"] for p in self.seeder.packs(NEW))

    def look(self):
        super().look()
        for number, member in enumerate(self.members, 1):
            if member.status.get("phase") == "fetching":
                self.predicted[self.first_version(number)] = member.status["predicted_wan_bytes"]

    def more(self):
        """What the planners expected to cross the WAN in the end: a pack is as large for two devices as for one."""
        return {"predicted_wan_bytes": sum(self.predicted.values())}


class BudgetFleet(Fleet):
    """Every device has a data budget of about 60 % of the payload a month, and the month is nearly over."""

    def __init__(self, programs, topology, folder, payload_bytes, own_settings=None):
        self.clock = MonthsEnd(programs, folder)
        budget_mb = round(payload_bytes * 0.6 / 1e6)
        self.budget_bytes = budget_mb * 1_000_000
        settings = {"environment": self.clock.environment, "swarm": f"[wan]\nbudget_month_mb = {budget_mb}"}
        super().__init__(programs, topology, folder, payload_bytes, settings, own_settings, self.clock.environment)

    def stands_at_the_wall(self):
        """Nobody reads the WAN any more because the budget is used up, and nothing is on its way."""
        return all(m.status.get("wan_state") == "budget" and m.received == self.members[0].received for m in self.members)

    def turn_month(self):
        self.clock.turn()

    def more(self):
        return {"budget_bytes": self.budget_bytes}
