"""Loop devices and mounts. All are gone when the cage ends; `Loop` keeps its device attached until then."""
import fcntl
import os
import pathlib
import struct

from lab.net import run

LOOP_CONFIGURE, LOOP_CTL_GET_FREE, LOOP_CLR_FD = 0x4C0A, 0x4C82, 0x4C01
BLKROSET = 0x125D
AUTOCLEAR = 4


class Loop:
    """A block device over a file. Autoclear: the kernel detaches it when the last user, this process, is gone."""

    def __init__(self, file):
        with open("/dev/loop-control", "rb") as control, open(file, "r+b") as backing:
            for _ in range(20):
                number = fcntl.ioctl(control, LOOP_CTL_GET_FREE)
                self.path = pathlib.Path(f"/dev/loop{number}")
                if not self.path.exists():
                    os.mknod(self.path, 0o660 | 0o060000, os.makedev(7, number))
                self.handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.ioctl(self.handle, LOOP_CONFIGURE, self.config(backing.fileno(), file))
                    # A slot that was sealed leaves its loop device read-only for whoever gets the number next.
                    fcntl.ioctl(self.handle, BLKROSET, struct.pack("i", 0))
                    return
                except OSError:  # another program took it first
                    os.close(self.handle)
        raise RuntimeError("no free loop device")

    @staticmethod
    def config(descriptor, file):
        """struct loop_config of linux/loop.h: fd, block size, struct loop_info64, reserved."""
        name = str(file).encode()[-63:]
        info = struct.pack("<5Q4I64s64s32s2Q", 0, 0, 0, 0, 0, 0, 0, 0, AUTOCLEAR, name, b"", b"", 0, 0)
        return struct.pack("<II", descriptor, 512) + info + bytes(64)

    @property
    def numbers(self):
        device = os.stat(self.path).st_rdev
        return os.major(device), os.minor(device)


def sparse(path, size):
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def mount(source, target, *options):
    pathlib.Path(target).mkdir(parents=True, exist_ok=True)
    run("mount", *options, source, target)


def unmount(target):
    run("umount", target)


def make_boot_partition(path, size=64 << 20):
    """FAT as bootloaders want it where this kernel can mount FAT, else ext4. Returns the file system's name."""
    sparse(path, size)
    if "vfat" in pathlib.Path("/proc/filesystems").read_text():
        run("mkfs.vfat", path)
        return "vfat"
    run("mkfs.ext4", "-q", "-F", path)
    return "ext4"
