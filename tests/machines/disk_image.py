"""A machine's disk as a factory makes it, in a file: GPT, a boot loader, boot partition (FAT), two slots and a data
partition. No loop devices and no mounts: every part is made in a file of its own and copied to its place."""
import dataclasses
import os
import pathlib
import struct

from lab.net import run

HERE = pathlib.Path(__file__).parent
SECTOR, MIB = 512, 1 << 20
SLOT_MIB = 56
GRUB = pathlib.Path("/usr/lib/grub/i386-pc")
GRUB_MODULES = ("biosdisk", "part_gpt", "fat", "normal", "serial", "terminal", "loadenv", "test", "echo", "linux16", "reboot")


@dataclasses.dataclass(frozen=True)
class Partition:
    number: int
    name: str
    start_mib: int
    size_mib: int
    kind: str  # sgdisk's type code

    @property
    def start(self):
        return self.start_mib * MIB

    @property
    def size(self):
        return self.size_mib * MIB


def layout():
    sizes = (("loader", 1, "ef02"), ("boot", 48, "0700"), ("root-a", SLOT_MIB, "8300"), ("root-b", SLOT_MIB, "8300"),
             ("data", 96, "8300"))
    partitions, at = {}, 1
    for number, (name, size, kind) in enumerate(sizes, 1):
        partitions[name] = Partition(number, name, at, size, kind)
        at += size
    return partitions, at + 1


PARTITIONS, DISK_MIB = layout()


class DiskImage:
    """`boot` and `data` are folders whose content the partitions get; slot a holds `image`, slot b holds junk: over zeros
    a lost write would not show."""

    def __init__(self, path, image, boot, data, loader):
        self.path = pathlib.Path(path)
        with open(self.path, "wb") as disk:
            disk.truncate(DISK_MIB * MIB)
        self.partition()
        self.put("boot", self.fat(boot))
        self.put("data", self.ext4(data))
        self.put("root-a", image)
        self.fill_with_junk("root-b")
        loader.install(self)

    def partition(self):
        arguments = []
        for p in PARTITIONS.values():
            arguments += ["-n", f"{p.number}:{p.start // SECTOR}:{(p.start + p.size) // SECTOR - 1}",
                          "-c", f"{p.number}:{p.name}", "-t", f"{p.number}:{p.kind}"]
        # Bit 2 marks what a loader looks at first for its files.
        run("sgdisk", "-Z", "-a", MIB // SECTOR, *arguments, "-A", f"{PARTITIONS['boot'].number}:set:2", self.path)

    def put(self, name, file):
        if os.path.getsize(file) > PARTITIONS[name].size:
            raise RuntimeError(f"{file} does not fit into {name}: {os.path.getsize(file)} of {PARTITIONS[name].size} bytes")
        run("dd", f"if={file}", f"of={self.path}", "bs=1M", f"seek={PARTITIONS[name].start_mib}", "conv=notrunc,sparse")

    def fill_with_junk(self, name):
        junk = os.urandom(MIB)
        for at in range(PARTITIONS[name].size_mib):
            self.write(PARTITIONS[name].start + at * MIB, junk)

    def write(self, at, content):
        with open(self.path, "r+b") as disk:
            disk.seek(at)
            disk.write(content)

    def read(self, at, size):
        with open(self.path, "rb") as disk:
            disk.seek(at)
            return disk.read(size)

    def slot(self, slot, size):
        """The first bytes of a slot."""
        return self.read(PARTITIONS[f"root-{slot}"].start, size)

    # Parts.

    def part(self, name):
        file = self.path.with_suffix(f".{name}")
        with open(file, "wb") as out:
            out.truncate(PARTITIONS[name].size)
        return file

    def fat(self, folder):
        file = self.part("boot")
        run("mkfs.vfat", "-n", "BOOT", file)
        run("mcopy", "-s", "-i", file, *sorted(pathlib.Path(folder).iterdir()), "::")
        return file

    def ext4(self, folder):
        file = self.part("data")
        run("mkfs.ext4", "-q", "-F", "-d", folder, file)
        return file

    # The boot loader.

    def install_grub(self):
        """What grub-bios-setup does, without a device: the boot sector and the core's first sector hold the place of what
        comes next (GRUB's boot.S and diskboot.S: kernel_sector at 0x5c, boot_drive_check at 0x66, blocklist at 0x1f4)."""
        core_file = self.path.with_suffix(".core")
        run("grub-mkimage", "-O", "i386-pc", "-p", f"(hd0,gpt{PARTITIONS['boot'].number})/grub", "-o", core_file,
            *GRUB_MODULES)
        sector = PARTITIONS["loader"].start // SECTOR
        core = bytearray(core_file.read_bytes())
        struct.pack_into("<Q", core, 0x1F4, sector + 1)
        boot = bytearray((GRUB / "boot.img").read_bytes())
        struct.pack_into("<Q", boot, 0x5C, sector)
        boot[0x66:0x68] = b"\x90\x90"
        self.write(0, bytes(boot[:440]))
        self.write(PARTITIONS["loader"].start, bytes(core))
