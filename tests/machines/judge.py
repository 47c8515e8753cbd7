"""What a machine would boot from a disk, judged from outside and without booting it: the boot loader's rule, then every
byte of what it would load."""
import hashlib
import pathlib

from lab.firmware import Grub, Unreadable
from machines.disk_image import PARTITIONS
from machines.fat import Damaged, Fat

STARTS = 8  # one after the other with nothing running in between, as when power goes again and again during the start
RESETS_MAX = 2  # in a row: GRUB resets once when every slot is used up


class Unbootable(Exception):
    """The machine would stand still."""


class Incomplete(Exception):
    """The machine would start something that is no complete release."""


BOOT_FILES = ("vmlinuz", "initrd.img")


class Release:
    """A release as it must lie on the disk: its image, and the files of it that the boot loader reads (in `boot_files`)."""

    def __init__(self, version, image, boot_files):
        self.version, self.image = version, pathlib.Path(image).read_bytes()
        self.boot_files = {name: hashlib.sha256(pathlib.Path(boot_files, name).read_bytes()).digest() for name in BOOT_FILES}


class Judge:
    """Plays the boot loader's rule on a copy of its variables in `folder`."""

    def __init__(self, releases, folder):
        self.releases = releases
        self.environment = Grub(folder)
        self.environment.file.parent.mkdir(exist_ok=True)

    def verdict(self, read, slot_release):
        """(slot, version) that would be booted now; raises Unbootable or Incomplete, also for what later starts would boot.
        `read(at, size)` gives the bytes of the disk, `slot_release(slot)` the release that a slot holds whole, or None."""
        start = PARTITIONS["boot"].start
        try:
            fat = Fat(lambda at, size: read(start + at, size))
            slots = self.starts(fat.file("grub/grubenv"))
        except (Damaged, FileNotFoundError, Unreadable, KeyError, UnicodeDecodeError) as error:
            raise Unbootable(f"boot partition: {error}") from error
        versions = {slot: self.version_in(slot, slot_release, fat) for slot in dict.fromkeys(slots)}
        return slots[0], versions[slots[0]]

    def starts(self, block):
        """The slots that the boot loader chooses from these variables, start after start."""
        self.environment.file.write_bytes(block)
        return [self.choose() for _ in range(STARTS)]

    def choose(self):
        for _ in range(RESETS_MAX + 1):
            slot = self.environment.choose()
            if slot:
                return slot
        raise Unbootable(f"no slot can be booted: {self.environment.read()}")

    def version_in(self, slot, slot_release, fat):
        release = slot_release(slot)
        if release is None:
            raise Incomplete(f"slot {slot} holds no complete release")
        for name, digest in release.boot_files.items():
            if self.digest_of(fat, f"{slot}-{name}") != digest:
                raise Incomplete(f"{slot}-{name} is not that of {release.version}")
        return release.version

    def digest_of(self, fat, name):
        try:
            return hashlib.sha256(fat.file(name)).digest()
        except (Damaged, FileNotFoundError) as error:
            raise Incomplete(f"{name}: {error}") from error

    def of_file(self, disk):
        """The verdict on a whole disk image."""
        def slot_release(slot):
            return next((r for r in self.releases if disk.slot(slot, len(r.image)) == r.image), None)
        return self.verdict(disk.read, slot_release)
