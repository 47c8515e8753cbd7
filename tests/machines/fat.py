"""Reads a FAT12/16 file system as a boot loader does, from any source of bytes: a crash state need not be written out.
Source: Microsoft's FAT specification 1.03."""
import struct

ENTRY = 32
LONG_NAME, VOLUME, FOLDER = 0x0F, 0x08, 0x10


class Damaged(Exception):
    """The file system says something that cannot be."""


class Fat:
    """`read(at, size)` gives the bytes of the partition."""

    def __init__(self, read):
        self.read = read
        (self.sector, per_cluster, reserved, copies, self.root_entries, small, _, fat_sectors) = struct.unpack_from(
            "<HBHBHHBH", read(0, 512), 11)
        if self.sector not in (512, 1024, 2048, 4096) or not per_cluster or not fat_sectors:
            raise Damaged("no FAT12 or FAT16 boot sector")
        self.cluster_bytes = per_cluster * self.sector
        self.root_at = (reserved + copies * fat_sectors) * self.sector
        self.data_at = self.root_at + self.root_entries * ENTRY
        sectors = small or struct.unpack("<I", read(32, 4))[0]
        self.clusters = (sectors * self.sector - self.data_at) // self.cluster_bytes
        if not 4085 <= self.clusters < 65525:
            raise Damaged(f"{self.clusters} clusters are not FAT16")
        self.table = memoryview(read(reserved * self.sector, (self.clusters + 2) * 2)).cast("H")

    def chain(self, cluster):
        found = []
        while 2 <= cluster < self.clusters + 2:
            found.append(cluster)
            if len(found) > self.clusters:
                raise Damaged("a chain of clusters that bites its tail")
            cluster = self.table[cluster]
        if cluster < 0xFFF8:
            raise Damaged(f"a chain that ends in cluster {cluster}")
        return found

    def extents(self, path):
        """[(at, size)] of a file's content, in order; FileNotFoundError when there is none."""
        cluster, size = self.find(path)
        left, found = size, []
        for number in self.chain(cluster) if size else []:
            part = min(left, self.cluster_bytes)
            at = self.data_at + (number - 2) * self.cluster_bytes
            if found and sum(found[-1]) == at:
                found[-1] = (found[-1][0], found[-1][1] + part)
            else:
                found.append((at, part))
            left -= part
            if not left:
                break
        if left:
            raise Damaged(f"{path}: {left} bytes are beyond its last cluster")
        return found

    def file(self, path):
        return b"".join(self.read(at, size) for at, size in self.extents(path))

    def find(self, path):
        """(first cluster, size) of a file."""
        content = self.read(self.root_at, self.root_entries * ENTRY)
        *folders, name = path.strip("/").split("/")
        for folder in folders:
            cluster, _, is_folder = entry_of(content, folder)
            if not is_folder:
                raise FileNotFoundError(path)
            content = b"".join(self.read(self.data_at + (c - 2) * self.cluster_bytes, self.cluster_bytes)
                               for c in self.chain(cluster))
        cluster, size, is_folder = entry_of(content, name)
        if is_folder:
            raise FileNotFoundError(path)
        return cluster, size


def entry_of(content, name):
    """(first cluster, size, is a folder) of the entry with that name, long or short."""
    long_name = ""
    for at in range(0, len(content), ENTRY):
        entry = content[at:at + ENTRY]
        if entry[0] == 0:
            break
        if entry[0] == 0xE5:
            long_name = ""
        elif entry[11] == LONG_NAME:
            part = (entry[1:11] + entry[14:26] + entry[28:32]).decode("utf-16-le", "replace")
            long_name = part.split("\0")[0].rstrip("\uffff") + ("" if entry[0] & 0x40 else long_name)
        else:
            names = (long_name.lower(), short_name(entry))
            long_name = ""
            if name.lower() in names and not entry[11] & VOLUME:
                cluster, size = struct.unpack_from("<HI", entry, 26)
                return cluster, size, bool(entry[11] & FOLDER)
    raise FileNotFoundError(name)


def short_name(entry):
    stem, extension = entry[:8].decode("latin-1").rstrip().lower(), entry[8:11].decode("latin-1").rstrip().lower()
    return f"{stem}.{extension}" if extension else stem
