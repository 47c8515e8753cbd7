"""Sites whose devices do not all start from the same release."""
import random

from lab import wait
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
