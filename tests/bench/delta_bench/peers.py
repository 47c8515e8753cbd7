"""The tools dunlin is measured against, each with the settings that suit it. An outcome is (bytes, encode, decode, more
fields of the row); a Cost that does not exist is None."""
import re

from delta_bench import rauc_blocks
from delta_bench.measure import measure, size_of

BSDIFF_BYTES_PER_BYTE = 17
BSDIFF_MEMORY = 4 << 30


def casync(mean):
    """Chunks that the old image lacks, compressed as the store holds them, and the index."""
    def chunks_of(store):
        return {file.name: file.stat().st_size for file in store.rglob("*.cacnk")}

    def make(image):
        def run(place):
            cost, _ = measure(["casync", "make", "--what=blob-index", f"--store={place}/chunks.castr", f"--chunk-size={mean}",
                               place / "index.caibx", image.path])
            return cost
        return run

    def tool(job):
        name = f"casync-{mean}"
        old, _ = job.store.get(name, job.old, make(job.old))
        new, encode = job.store.get(name, job.new, make(job.new))
        have = chunks_of(old / "chunks.castr")
        missing = sum(size for chunk, size in chunks_of(new / "chunks.castr").items() if chunk not in have)
        decode = job.decode(lambda output: ["casync", "extract", f"--store={new}/chunks.castr", f"--seed={job.old.path}",
                                            new / "index.caibx", output])
        return missing + size_of(new / "index.caibx"), encode, decode, {}
    return tool


def zchunk(job):
    """What `zck_delta_size` says a client with the old .zck fetches, header included."""
    def make(image):
        return lambda place: measure(["zck", "-o", place / "image.zck", image.path])[0]

    old, _ = job.store.get("zchunk", job.old, make(job.old))
    new, encode = job.store.get("zchunk", job.new, make(job.new))
    _, words = measure(["zck_delta_size", old / "image.zck", new / "image.zck"])
    found = re.search(r"download (\d+) of", words)
    decode = job.decode(lambda output: ["sh", "-c", 'exec unzck -c "$0" >"$1"', new / "image.zck", output])
    return int(found.group(1)), encode, decode, {}


def block_4k(job):
    """RAUC's adaptive update; the device's side has no program of its own to be measured."""
    def make(place):
        return measure(rauc_blocks.bundle_command(job.new.path, place / "bundle"))[0]

    new, encode = job.store.get("block-4k", job.new, make)
    sizes = rauc_blocks.block_sizes(new / "bundle")
    return rauc_blocks.bytes_to_fetch(job.old.path, job.new.path, sizes), encode, None, {}


def xdelta3(job):
    """The whole old image in its window, so that a match may lie anywhere."""
    patch = job.work / "xdelta3"
    window = max(size_of(job.old.path), 1 << 20)
    encode, _ = measure(["xdelta3", "-e", "-9", "-f", "-q", "-B", str(window), "-W", str(16 << 20), "-s", job.old.path,
                         job.new.path, patch])
    decode = job.decode(lambda output: ["xdelta3", "-d", "-f", "-q", "-B", str(window), "-s", job.old.path, patch, output])
    return size_of(patch), encode, decode, {}


def zstd_patch_from(job):
    patch = job.work / "zstd"
    encode, _ = measure(["zstd", "-q", "-f", "-19", "--long=31", f"--patch-from={job.old.path}", job.new.path, "-o", patch])
    decode = job.decode(lambda output: ["zstd", "-q", "-d", "-f", "--long=31", "--memory=2048MB",
                                        f"--patch-from={job.old.path}", patch, "-o", output])
    return size_of(patch), encode, decode, {}


def bsdiff(job):
    needed = size_of(job.old.path) * BSDIFF_BYTES_PER_BYTE
    if needed > BSDIFF_MEMORY:
        return None, None, None, {"note": f"needs {needed / (1 << 30):.1f} GiB of memory to encode"}
    patch = job.work / "bsdiff"
    encode, _ = measure(["bsdiff", job.old.path, job.new.path, patch])
    decode = job.decode(lambda output: ["bspatch", job.old.path, output, patch])
    return size_of(patch), encode, decode, {}


def full_zstd(job):
    def make(place):
        return measure(["zstd", "-q", "-19", "--long=27", job.new.path, "-o", place / "image.zst"])[0]

    new, encode = job.store.get("full-zstd-19", job.new, make)
    decode = job.decode(lambda output: ["zstd", "-q", "-d", "-f", "--long=27", new / "image.zst", "-o", output])
    return size_of(new / "image.zst"), encode, decode, {}


TOOLS = {
    "casync-64k": casync(65536),
    "casync-16k": casync(16384),
    "zchunk": zchunk,
    "block-4k": block_4k,
    "xdelta3": xdelta3,
    "zstd-patch-from-19": zstd_patch_from,
    "bsdiff": bsdiff,
    "full-zstd-19": full_zstd,
}
