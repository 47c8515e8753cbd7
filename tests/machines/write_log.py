"""The log of everything that a machine wrote and flushed, as QEMU's blklogwrites keeps it (the format of the kernel's
dm-log-writes: Documentation/admin-guide/device-mapper/log-writes.rst)."""
import dataclasses
import struct

MAGIC, VERSION = 0x6A736677736872, 1
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
SECTOR = 512


@dataclasses.dataclass(frozen=True)
class Write:
    sector: int
    content: bytes

    @property
    def sectors(self):
        """{sector: its 512 bytes}."""
        return {self.sector + i: self.content[i * SECTOR:(i + 1) * SECTOR] for i in range(len(self.content) // SECTOR)}


def epochs(path):
    """Lists of writes, each list ended by a flush (or by the end of the log): what of a list reached the medium is up to
    the disk, all lists before it are on it. A write with FUA ends a list of its own: it is durable at once, and alone."""
    writes = []
    for flags, write in entries(path):
        if flags & FLUSH:
            yield writes
            writes = []
        if write and flags & FUA:
            yield [write]
        elif write:
            writes.append(write)
    yield writes


def entries(path):
    with open(path, "rb") as log:
        magic, version, count, sector_size = struct.unpack("<QQQI", log.read(28))
        if (magic, version) != (MAGIC, VERSION):
            raise ValueError(f"{path} is no log of writes")
        log.seek(sector_size)
        for _ in range(count):
            sector, sectors, flags, _ = struct.unpack("<QQQQ", log.read(32))
            log.seek(sector_size - 32, 1)
            if flags & DISCARD:
                raise ValueError("discards are not modelled: the machine mounts without")
            content = log.read(sectors * sector_size)
            if len(content) != sectors * sector_size:
                raise ValueError(f"{path} ends in the middle of an entry")
            yield flags, Write(sector * sector_size // SECTOR, content) if sectors else None
