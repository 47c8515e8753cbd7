"""What a machine would boot from a disk, judged from outside and without booting it: the boot loader's rule, then every
byte of what it would load."""
import hashlib
import pathlib

from lab.firmware import Grub, Unreadable
from machines.disk_image import PARTITIONS
from machines.fat import Damaged, Fat

STARTS_MAX = 3  # GRUB resets once when every slot is used up


class Unbootable(Exception):
    """The machine would stand still."""


class Incomplete(Exception):
    """The machine would start something that is no complete release."""


class Release:
    """A release as it must lie on the disk: its image, and the files of it that the boot loader reads."""

    def __init__(self, version, image, tree):
        self.version, self.image = version, pathlib.Path(image).read_bytes()
        self.digest = hashlib.sha256(self.image).digest()
        self.boot_files = {name: hashlib.sha256((pathlib.Path(tree) / "usr/lib" / name).read_bytes()).digest()
                           for name in ("vmlinuz", "initrd.img")}


class Judge:
    """Plays the boot loader's rule on a copy of its variables in `folder`."""

    def __init__(self, releases, folder):
        self.releases = releases
        self.environment = Grub(folder)
        self.environment.file.parent.mkdir(exist_ok=True)

    def verdict(self, read, slot_release):
        """(slot, version) that would be booted; raises Unbootable or Incomplete. `read(at, size)` gives the bytes of the
        disk, `slot_release(slot)` the release that a slot holds whole, or None."""
        start = PARTITIONS["boot"].start
        try:
            fat = Fat(lambda at, size: read(start + at, size))
            slot = self.choose(fat.file("grub/grubenv"))
        except (Damaged, FileNotFoundError, Unreadable, KeyError, UnicodeDecodeError) as error:
            raise Unbootable(f"boot partition: {error}") from error
        release = slot_release(slot)
        if release is None:
            raise Incomplete(f"slot {slot} holds no complete release")
        for name, digest in release.boot_files.items():
            if self.digest_of(fat, f"{slot}-{name}") != digest:
                raise Incomplete(f"{slot}-{name} is not that of {release.version}")
        return slot, release.version

    def choose(self, block):
        self.environment.file.write_bytes(block)
        for _ in range(STARTS_MAX):
            slot = self.environment.choose()
            if slot:
                return slot
        raise Unbootable(f"no slot can be booted: {self.environment.read()}")

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
