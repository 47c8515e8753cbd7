"""A loop device as the slot that images are installed to: what is written to it is counted by the kernel."""
import fcntl
import os
import pathlib
import subprocess

from lab import storage

SECTOR = 512
MIB = 1 << 20
LOOP_SET_DIRECT_IO = 0x4C08


class LoopSlot:
    """Requests reach the disk below without its page cache, so that a sync of the slot is one of the disk."""

    def __init__(self, file, size):
        with open(file, "wb") as new:
            os.posix_fallocate(new.fileno(), 0, size)
        self.size = size
        self.loop = storage.Loop(file)
        self.device = self.loop.path
        try:
            fcntl.ioctl(self.loop.handle, LOOP_SET_DIRECT_IO, 1)
            self.is_direct = True
        except OSError:  # the file system below has no direct I/O
            self.is_direct = False

    def close(self):
        os.close(self.loop.handle)

    def spoil(self):
        """Bytes of no image, on the medium, and nothing of them in a cache: each install begins here."""
        # The applier leaves the slot sealed.
        subprocess.run(["blockdev", "--setrw", str(self.device)], check=True)
        junk = os.urandom(MIB)
        with open(self.device, "r+b", buffering=0) as slot:
            for at in range(0, self.size, MIB):
                slot.write((at.to_bytes(8, "little") + junk[8:])[:self.size - at])
            os.fsync(slot.fileno())
        self.drop_cache()

    def drop_cache(self):
        with open(self.device, "rb", buffering=0) as slot:
            os.posix_fadvise(slot.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def flush(self):
        """What an install left in the cache goes to the medium."""
        with open(self.device, "rb", buffering=0) as slot:
            os.fsync(slot.fileno())

    def written_bytes(self):
        """Since it was made (Documentation/admin-guide/iostats.rst: sectors written)."""
        fields = pathlib.Path(f"/sys/block/{self.device.name}/stat").read_text().split()
        return int(fields[6]) * SECTOR

    def holds(self, image):
        self.drop_cache()
        size = os.path.getsize(image)
        return subprocess.run(["cmp", "--silent", f"--bytes={size}", str(image), str(self.device)]).returncode == 0
