"""Boot loaders of machines: what each puts on the boot partition, how it gets onto the disk, and how a PC starts with it.
Both play RAUC's rules, each on variables of its own."""
import pathlib
import shutil

from lab import firmware
from lab.net import run

HERE = pathlib.Path(__file__).parent


class Grub:
    """Debian's GRUB, started by QEMU's BIOS."""
    bios = ()

    @staticmethod
    def flash(boot):
        """Fills the boot partition's folder; returns the variables, as a model of the loader keeps them."""
        environment = firmware.flash_grub(boot)
        shutil.copy(HERE / "boot/grub.cfg", boot / "grub/grub.cfg")
        return environment

    @staticmethod
    def install(disk):
        disk.install_grub()


class UBoot:
    """Debian's U-Boot in place of the BIOS. It runs the script that it finds on the partition marked as bootable."""
    bios = ("-bios", "/usr/lib/u-boot/qemu-x86/u-boot.rom")

    @staticmethod
    def flash(boot):
        run("mkimage", "-A", "x86", "-T", "script", "-C", "none", "-d", HERE / "boot/uboot.cmd", boot / "boot.scr")
        return firmware.flash_uboot(boot)

    @staticmethod
    def install(disk):
        """Nothing of it lies on the disk."""
