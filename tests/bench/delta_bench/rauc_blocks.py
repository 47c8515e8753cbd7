"""What a RAUC adaptive update fetches: an image lies in a squashfs bundle, and a device that knows the SHA-256 of each of
its own 4 KiB blocks reads only those parts of the bundle that hold a block it lacks."""
import hashlib
import pathlib
import struct

BLOCK = 4096
BUNDLE_BLOCK = 65536  # as RAUC advises for adaptive updates
HASH = 32
UNCOMPRESSED_METADATA, UNCOMPRESSED_DATA = 0x8000, 1 << 24


def bundle_command(image, bundle):
    """Makes the bundle of one image. Its inode table stays uncompressed, so that block_sizes can read it."""
    return ["mksquashfs", image, bundle, "-comp", "zstd", "-b", str(BUNDLE_BLOCK), "-noappend", "-no-progress", "-quiet",
            "-no-fragments", "-no-xattrs", "-all-root", "-noI", "-processors", "1"]


def block_sizes(bundle):
    """Compressed bytes of each 64 KiB block of the bundle's one file; 0 for zeros. Squashfs 4.0, a regular file's inode."""
    data = pathlib.Path(bundle).read_bytes()
    at = struct.unpack_from("<Q", data, 64)[0]
    directories = struct.unpack_from("<Q", data, 72)[0]
    table = b""
    while at < directories:
        header = struct.unpack_from("<H", data, at)[0]
        if not header & UNCOMPRESSED_METADATA:
            raise ValueError(f"{bundle}: its inode table is compressed")
        length = header & 0x7FFF
        table += data[at + 2:at + 2 + length]
        at += 2 + length
    kind = struct.unpack_from("<H", table)[0]
    size, lists = (struct.unpack_from("<I", table, 28)[0], 32) if kind == 2 else (struct.unpack_from("<Q", table, 24)[0], 56)
    if kind not in (2, 9):
        raise ValueError(f"{bundle}: its first inode is no regular file")
    count = -(-size // BUNDLE_BLOCK)
    return [word & ~UNCOMPRESSED_DATA for word in struct.unpack_from(f"<{count}I", table, lists)]


def block_hashes(image):
    with open(image, "rb") as file:
        while block := file.read(BLOCK):
            yield hashlib.sha256(block).digest()


def bytes_to_fetch(old, new, sizes):
    """Blocks of the bundle that hold a block which is not in the old image, and the index of hashes."""
    have = set(block_hashes(old))
    per_block = BUNDLE_BLOCK // BLOCK
    needed, count = set(), 0
    for number, digest in enumerate(block_hashes(new)):
        count += 1
        if digest not in have:
            needed.add(number // per_block)
    return sum(sizes[i] for i in needed) + count * HASH
