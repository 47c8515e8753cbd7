"""dunlin's own rows: a delta pack, and what a device that holds only chunks of another image fetches of a full pack."""
import json
import os

from delta_bench.measure import measure, sha256_of, size_of


def dunlin(job):
    pack = job.work / "dunlin.pack"
    pack.unlink(missing_ok=True)
    encode, _ = measure([job.seeder, "pack", "diff", job.old.path, job.new.path, "-o", pack, "--threads", str(os.cpu_count())])
    decode = job.decode(lambda output: [job.seeder, "pack", "apply", job.old.path, pack, "-o", output])
    return size_of(pack), encode, decode, {}


def dunlin_chunks(job):
    def make(place):
        return measure([job.seeder, "pack", "full", job.new.path, "-o", place / "full.pack"])[0]

    # Another program may make another pack.
    new, encode = job.store.get(f"full-pack-{sha256_of(job.seeder)[:12]}", job.new, make)
    pack = new / "full.pack"
    _, words = measure([job.seeder, "pack", "inspect", pack, "--reuse", job.old.path, "--json"])
    fetch = json.loads(words)["reuse"]["fetch_bytes"]
    decode = job.decode(lambda output: [job.seeder, "pack", "apply", pack, "-o", output])
    return fetch, encode, decode, {"full_pack_bytes": size_of(pack)}


TOOLS = {"dunlin": dunlin, "dunlin-chunks": dunlin_chunks}
