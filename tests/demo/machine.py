"""The demo's device: slots and partitions are block devices, and everything runs from inside the booted slot.

Booting does what firmware, kernel and init would: choose by the boot environment, check that the slot's kernel is on
the boot partition, mount the slot read-only, bring up /dev, /run, /data and /boot, start the two programs."""
import hashlib
import os
import pathlib
import stat
import subprocess

from lab import net, storage, wait
from lab.device import Device

DATA_BYTES = 1 << 30
KERNEL = "boot/vmlinuz"
BOOT_FILES = '[boot_files]\ndirectory = "/boot"\nfiles = [{ from = "/boot/vmlinuz", to = "vmlinuz" }]\n'
NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}


class Machine(Device):
    def __init__(self, name, host, programs, folder, seeder, slot_a, boot):
        self.root = pathlib.Path(folder, name, "root")
        super().__init__(name, host, programs, folder, seeder, slot_a, boot, group='socket_group = "dunlin"\n',
                         boot_files=BOOT_FILES)

    # The factory.

    def prepare(self, slot_a, boot):
        self.root.mkdir(parents=True)
        self.partitions = {}
        self.boot_folder = self.folder / "boot"
        files = {s: self.folder / f"slot-{s}.img" for s in "ab"}
        self.slot_bytes = os.path.getsize(slot_a)
        self.fill(files["a"], slot_a)
        self.fill(files["b"], None)
        self.slots = {}
        for slot, file in files.items():
            self.partitions[f"rootfs-{slot}"] = storage.Loop(file)
            self.slots[slot] = self.partitions[f"rootfs-{slot}"].path
        self.make_data()
        self.make_boot(boot)
        self.write_configuration()
        self.record("a", slot_a)

    def make_data(self):
        file = storage.sparse(self.folder / "data.img", DATA_BYTES)
        net.run("mkfs.ext4", "-q", "-F", "-L", "data", file)
        self.partitions["data"] = storage.Loop(file)
        storage.mount(self.partitions["data"].path, self.folder / "data")
        (self.folder / "data/etc").mkdir()

    def make_boot(self, boot):
        from lab import firmware
        file = self.folder / "boot.img"
        self.boot_file_system = storage.make_boot_partition(file)
        self.partitions["boot"] = storage.Loop(file)
        storage.mount(self.partitions["boot"].path, self.boot_folder)
        self.firmware = (firmware.flash_uboot if boot == "uboot" else firmware.flash_grub)(self.boot_folder)
        storage.mount(self.slots["a"], self.root, "-o", "ro")
        net.run("cp", self.root / KERNEL, self.boot_folder / "a-vmlinuz")
        self.user = next(tuple(map(int, line.split(":")[2:4])) for line in (self.root / "etc/passwd").read_text().splitlines()
                         if line.startswith("dunlin:"))
        storage.unmount(self.root)
        for part in ("node", "applier"):
            (self.folder / "data" / part).mkdir()
        os.chown(self.folder / "data/node", *self.user)

    def places(self):
        return {"data": "/data", "run": "/run/dunlin", "etc": "/data/etc", "reset": "/usr/sbin/board-reset",
                "slot_a": "/dev/disk/by-partlabel/rootfs-a", "slot_b": "/dev/disk/by-partlabel/rootfs-b",
                "self_test": "/etc/dunlin/self-test.d", "boot_control": self.firmware.configuration("/boot")}

    def write_configuration(self):
        etc = self.folder / "etc"
        if not etc.exists():
            etc.symlink_to("data/etc")
        super().write_configuration()

    # One boot.

    def start(self, slot):
        self.slot = slot
        self.reset_reader = -1
        if subprocess.run(["mount", "-o", "ro", self.slots[slot], self.root], capture_output=True).returncode != 0:
            self.boots[-1] = None
            return False
        if not self.kernel_fits(slot):
            self.boots[-1] = None
            storage.unmount(self.root)
            return False
        self.make_dev()
        storage.mount("tmpfs", self.root / "run", "-t", "tmpfs")
        storage.mount("proc", self.root / "proc", "-t", "proc")
        storage.mount(self.folder / "data", self.root / "data", "--bind")
        storage.mount(self.boot_folder, self.root / "boot", "--bind")
        runtime = self.root / "run/dunlin"
        runtime.mkdir()
        os.chown(runtime, *self.user)
        (runtime / "cmdline").write_text(f"console=ttyS0 root=PARTLABEL=rootfs-{slot} ro dunlin.slot={slot}\n")
        self.reset_line = self.root / "run/machine"
        os.mkfifo(self.reset_line)
        self.reset_reader = os.open(self.reset_line, os.O_RDONLY | os.O_NONBLOCK)
        self.start_programs()
        return True

    def kernel_fits(self, slot):
        """The bootloader loads <slot>-vmlinuz from the boot partition: it must be the slot's own."""
        on_boot = self.boot_folder / f"{slot}-vmlinuz"
        return on_boot.exists() and on_boot.read_bytes() == (self.root / KERNEL).read_bytes()

    def make_dev(self):
        dev = self.root / "dev"
        storage.mount("tmpfs", dev, "-t", "tmpfs")
        for name, numbers in NODES.items():
            os.mknod(dev / name, stat.S_IFCHR | 0o666, os.makedev(*numbers))
            os.chmod(dev / name, 0o666)
        (dev / "disk/by-partlabel").mkdir(parents=True)
        for name, loop in self.partitions.items():
            if name.startswith("rootfs"):
                os.mknod(dev / loop.path.name, stat.S_IFBLK | 0o600, os.makedev(*loop.numbers))
                (dev / "disk/by-partlabel" / name).symlink_to(f"/dev/{loop.path.name}")

    def command(self, program):
        user = ["--userspec=dunlin:dunlin"] if program == "dunlin-node" else []
        verb = ["run"] if program == "dunlin-node" else []
        config = f"/data/etc/{program.removeprefix('dunlin-')}.toml"
        return [*net.inside(self.host.name), "chroot", *user, self.root, f"/usr/bin/{program}", *verb, "--config", config]

    def stop(self):
        """After the last process is gone: what a reset does to mounts."""
        if self.reset_reader >= 0:
            os.close(self.reset_reader)
        wait.until(f"{self.name}: nobody looks into the root file system any more", self.unmounted, 20)

    def unmounted(self):
        """False while a file is open: whoever asks for the running version does not know that the device resets."""
        subprocess.run(["umount", "-R", self.root], capture_output=True)
        return not os.path.ismount(self.root)

    @property
    def socket(self):
        return self.root / "run/dunlin/node.sock"

    # Judging it from outside.

    def running_version(self):
        """What the booted root file system says it is."""
        try:
            return (self.root / "etc/dunlin-release").read_text().strip().removeprefix("VERSION=")
        except OSError:
            return None

    def slot_digest(self, slot, size):
        digest = hashlib.sha256()
        with open(self.slots[slot], "rb") as device:
            while size > 0:
                block = device.read(min(size, 4 << 20))
                digest.update(block)
                size -= len(block)
        return digest.hexdigest()
