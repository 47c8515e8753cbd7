"""An update of a machine as its disk saw it: the disk before, and the log of every write and flush. It stays below build/
until the next one is taken, so that a crash state can be looked at again."""
import itertools
import shutil

from lab.net import run
from machines.disk_image import SECTOR
from machines.judge import BOOT_FILES, Release
from machines.write_log import epochs

V1, V2 = "1.0.0", "2.0.0"
VERSIONS = (V1, V2)


class Recording:
    def __init__(self, folder):
        self.folder, self.before, self.log = folder, folder / "before.img", folder / "writes.log"

    def take(self, site):
        """Boots a machine with 1.0.0 and lets it come to rest on 2.0.0. Returns the machine, off."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for version in VERSIONS:
            site.make(version)
            site.publish(version)
            shutil.copy(site.images[version], self.image(version))
        for name in BOOT_FILES:
            shutil.copy(site.root_images.boot_files / name, self.folder)
        guest = site.guest("machine", V1)
        copy_disk(guest.disk.path, self.before)
        site.seeder.start()
        guest.power_on(log=self.log)
        converge(guest)
        guest.power_off()
        return guest

    def image(self, version):
        return self.folder / f"{version}.squashfs"

    def releases(self):
        return [Release(version, self.image(version), self.folder) for version in VERSIONS]

    def materialise(self, state, path):
        """Writes the disk of a crash state."""
        copy_disk(self.before, path)
        with open(path, "r+b") as disk:
            for write in itertools.chain.from_iterable(itertools.islice(epochs(self.log), state.epoch)):
                disk.seek(write.sector * SECTOR)
                disk.write(write.content)
            for sector, content in state.over.items():
                disk.seek(sector * SECTOR)
                disk.write(content)


def converge(guest):
    guest.wait_for(f"confirmed on {V2}", lambda s: s["version"] == V2 and s["phase"] == "confirmed")


def copy_disk(path, target):
    """Holes stay holes."""
    run("cp", "--sparse=always", path, target)
