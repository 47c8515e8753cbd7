"""dunlin's own rows: a delta pack, and what a device that holds only chunks of another image fetches of a full pack."""
import json
import os

from delta_bench.measure import Cost, measure, sha256_of, size_of


def dunlin(job):
    pack = job.work / "dunlin.pack"
    pack.unlink(missing_ok=True)
    encode, _ = measure([job.seeder, "pack", "diff", job.old.path, job.new.path, "-o", pack, "--threads", str(os.cpu_count())])
    decode, words = job.decode_and_listen(lambda output: [job.seeder, "pack", "apply", job.old.path, pack, "-o", output, "--json"])
    # What of it went into opened content: read on the old side, closed again on the new one. One thread, so CPU time.
    opened_s = json.loads(words)["opened_ms"] / 1000
    return size_of(pack), encode, decode, {"reencode_cpu_s": round(opened_s, 2)}


def dunlin_chunks(job):
    def make(place):
        return measure([job.seeder, "pack", "full", job.new.path, "-o", place / "full.pack"])[0]

    # Another program may make another pack.
    new, encode = job.store.get(f"full-pack-{sha256_of(job.seeder)[:12]}", job.new, make)
    pack = new / "full.pack"
    scan, words = measure([job.seeder, "pack", "inspect", pack, "--reuse", job.old.path, "--json"])
    fetch = json.loads(words)["reuse"]["fetch_bytes"]
    whole = job.decode(lambda output: [job.seeder, "pack", "apply", pack, "-o", output])
    # Looking for chunks, then decoding; a device decodes only what it fetched and copies the rest, which costs less.
    decode = Cost(round(scan.cpu_s + whole.cpu_s, 2), round(scan.wall_s + whole.wall_s, 2), max(scan.rss_mb, whole.rss_mb))
    return fetch, encode, decode, {"full_pack_bytes": size_of(pack)}


TOOLS = {"dunlin": dunlin, "dunlin-chunks": dunlin_chunks}
