"""A site of virtual machines: a seeder on the host's side of a switch, images of releases, guests."""
import pathlib

from lab import cage, net
from lab.seeder import Seeder
from machines.guest import Guest
from machines.judge import Release
from machines.kernel import Kernel
from machines.root_image import RootImages

WAN_MBIT = 16
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build/machines"


class MachineSite:
    def __init__(self, programs, cache=CACHE, keep=False):
        self.programs, self.folder = pathlib.Path(programs), cage.folder(keep)
        pathlib.Path(cache).mkdir(parents=True, exist_ok=True)
        self.root_images = RootImages(programs, Kernel(cache), self.folder / "images")
        self.switch = net.Switch()
        self.seeder = Seeder(programs, self.folder / "seeder", self.switch.plug("seeder", WAN_MBIT))
        self.images, self.guests = {}, []

    def make(self, version, self_tests=None):
        self.images[version] = self.root_images.make(version, self_tests)

    def publish(self, version):
        self.seeder.publish(version, self.images[version], "--level", "3")

    def releases(self):
        """As they must lie on a disk, for a judge."""
        return [Release(version, image, self.root_images.boot_files) for version, image in self.images.items()]

    def guest(self, name, version, **settings):
        guest = Guest(name, self, version, **settings)
        self.guests.append(guest)
        return guest

    def close(self):
        for guest in self.guests:
            if guest.qemu:
                guest.power_off()
        if self.seeder.process:
            self.seeder.stop()
