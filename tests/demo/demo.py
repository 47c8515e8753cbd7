#!/usr/bin/env python3
"""A fleet of four devices at a site behind a thin WAN takes an update through the swarm, one of them loses power in
mid-transfer, and a bad release rolls itself back. Real programs, real Debian images, real boot environments."""
import argparse
import hashlib
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from demo import images  # noqa: E402
from demo.machine import Machine  # noqa: E402
from demo.view import View, mebibytes, table  # noqa: E402
from lab import cage, net, wait  # noqa: E402
from lab.seeder import Seeder  # noqa: E402

WAN_MBIT, LAN_MBIT = 8, 100
BOOTS = {"dev-1": "uboot", "dev-2": "grub", "dev-3": "uboot", "dev-4": "grub"}
VICTIM = "dev-3"
CUT_AT = 0.5
REFETCH_MAX = 2 << 20
V1, V2, V3 = "1.0.0", "2.0.0", "3.0.0"
PUBLISH = ("--level", "9")


class Demo:
    def __init__(self, programs, cache, keep, view):
        self.view, self.programs = view, pathlib.Path(programs)
        self.work = cage.folder(keep)
        self.images = images.make_all(self.programs, cache, self.work, view.say)
        self.digests = {version: hashed(image) for version, image in self.images.items()}
        self.cut_at_bytes = self.resumed = None
        self.result = {}

    # The site.

    def build_site(self):
        switch = net.Switch()
        self.wan = switch.plug("seeder", WAN_MBIT)
        self.seeder = Seeder(self.programs, self.work / "seeder", self.wan)
        self.publish(V1)
        self.seeder.start()
        self.devices = [Machine(name, switch.plug(name, LAN_MBIT), self.programs, self.work, self.seeder, self.images[V1], boot)
                        for name, boot in BOOTS.items()]
        file_system = self.devices[0].boot_file_system
        self.view.say(f"site: 4 devices, {LAN_MBIT} Mbit/s between them, seeder behind {WAN_MBIT} Mbit/s; U-Boot and GRUB "
                      f"environments, boot partitions on {file_system}")
        for device in self.devices:
            device.power_on()
        self.watch(f"all run {V1}", lambda d, s: s["version"] == V1 and s["phase"] in ("idle", "confirmed"), 90)

    def publish(self, version):
        before = time.monotonic()
        self.seeder.publish(version, self.images[version], *PUBLISH)
        self.view.say(f"published {version} in {time.monotonic() - before:.0f} s: {self.packs_of(version)}")

    def packs_of(self, version):
        sizes = []
        for pack in self.seeder.packs(version):
            base = next((v for v, digest in self.digests.items() if digest == pack.get("base")), None)
            sizes.append(f"{'delta from ' + base if base else 'full'} {mebibytes(pack['size'])}")
        return ", ".join(sizes)

    def delta(self, version, base):
        """Bytes of the pack that a device on `base` takes."""
        return min(p["size"] for p in self.seeder.packs(version) if p.get("base") in (None, self.digests[base]))

    # Watching.

    def watch(self, what, condition, deadline_s, each=None):
        """Until condition(device, status) holds for every device; draws meanwhile."""
        def look():
            statuses = [(d, d.status()) for d in self.devices]
            self.view.show([(d.name, d.boots[-1] if d.boots else None, d.running_version(), s) for d, s in statuses])
            self.seeder.sample()
            for device, status in statuses:
                if device.failure:
                    raise RuntimeError(f"{device.failure}\n{device.tail()}")
                if each and status:
                    each(device, status)
            return all(s and condition(d, s) for d, s in statuses)
        try:
            wait.until(what, look, deadline_s, 0.2)
        except wait.Late as late:
            tails = "\n".join(f"=== {d.name}: boots {d.boots}, {d.status()}\n{d.tail()}" for d in self.devices)
            raise RuntimeError(f"{late}\n{tails}") from None

    def pull_the_plug(self, device, status):
        """In mid-transfer of the victim: every process killed at once; what it resumes with is read after its boot."""
        if device.name != VICTIM:
            return
        pack = self.result["pack_bytes"]
        if self.cut_at_bytes is None and status["phase"] == "fetching" and status["verified_bytes"] > CUT_AT * pack:
            self.cut_at_bytes = status["verified_bytes"]
            device.cut_power()
            self.view.say(f"{device.name}: power cut with {mebibytes(self.cut_at_bytes)} of {mebibytes(pack)} verified")
        elif self.cut_at_bytes is not None and self.resumed is None and status["bytes"]["resumed"] > 0:
            self.resumed = status["bytes"]["resumed"]
            self.view.say(f"{device.name}: is back and resumes with {mebibytes(self.resumed)}")

    # The two acts.

    def update(self):
        link = self.wan.counters()
        lan = [d.host.counters() for d in self.devices]
        before, served = self.flash_written(), self.seeder.served()
        self.publish(V2)
        started = time.monotonic()
        pack = self.result["pack_bytes"] = self.delta(V2, V1)
        for device in self.devices:
            device.post("check")
        self.watch(f"all confirmed on {V2}", lambda d, s: s["version"] == V2 and s["phase"] == "confirmed", 240,
                   self.pull_the_plug)
        down, up = (now - then for now, then in zip(reversed(self.wan.counters()), reversed(link)))
        sent = sum(now[1] - then[1] for now, then in zip([d.host.counters() for d in self.devices], lan))
        statuses = {d.name: d.status() for d in self.devices}
        self.result |= {
            "updated": sum(self.runs(d, V2) for d in self.devices),
            "image_bytes": os.path.getsize(self.images[V2]),
            "wan_payload_bytes": sum(s["bytes"]["wan"] for s in statuses.values()),
            "wan_wire_bytes": down + up,
            "served_bytes": self.seeder.served() - served,
            "lan_bytes": sent - up,
            "seconds": round(time.monotonic() - started, 1),
            "payload_over_rate_seconds": round(pack * 8 / (WAN_MBIT * 1e6), 1),
            "flash_written_bytes": (self.flash_written() - before) // len(self.devices),
            "refetched_bytes_after_cut": max(0, (self.cut_at_bytes or 0) - (self.resumed or 0)),
        }
        self.view.say(f"all four run {V2}, confirmed")

    def flash_written(self):
        return sum((d.status() or {}).get("flash_written", 0) for d in self.devices)

    def runs(self, device, version):
        """Judged from outside: the booted slot holds exactly that image, and it is the one that boots next."""
        slot = device.boots[-1]
        size = os.path.getsize(self.images[version])
        return device.running_version() == version and device.slot_digest(slot, size) == self.digests[version]

    def bad_release(self):
        self.publish(V3)
        boots = {d.name: len(d.boots) for d in self.devices}
        for device in self.devices:
            device.post("check")
        self.watch(f"all back on {V2}", lambda d, s: len(d.boots) > boots[d.name] + 1 and s["version"] == V2 and
                   s["phase"] == "fell_back", 240)
        self.result["fell_back"] = 0
        for device in self.devices:
            reasons = [e for e in device.event_log() if "20-application" in json.dumps(e)]
            self.result["fell_back"] += bool(reasons) and self.runs(device, V2)
            self.view.say(f"{device.name}: back on {V2}: {reasons[-1].get('text') if reasons else 'and does not say why'}")

    # The end.

    def switch_off(self):
        for device in self.devices:
            device.power_off()
        self.seeder.stop()
        peak = {name: max(d.peak_kib[name] for d in self.devices) for name in ("node", "applier")}
        peak["seeder"] = self.seeder.peak_kib
        self.result["rss_mb"] = {name: round(kib / 1024, 1) for name, kib in peak.items()}

    def summary(self):
        r, n = self.result, len(self.devices)
        pack, image = r["pack_bytes"], r["image_bytes"]
        return table([
            ("pack (delta)", mebibytes(pack), f"image {mebibytes(image)}"),
            ("WAN payload", mebibytes(r["wan_payload_bytes"]), f"{r['wan_payload_bytes'] / pack:.3f} x the pack; "
             f"{n} downloads would be {mebibytes(n * pack)}"),
            ("WAN on the wire", mebibytes(r["wan_wire_bytes"]), "both directions, headers and metadata included"),
            ("LAN", mebibytes(r["lan_bytes"]), "sent between devices, on the wire"),
            ("time", f"{r['seconds']:.0f} s", f"publish to last confirmation; payload/rate is {r['payload_over_rate_seconds']:.0f} s"),
            ("flash written", mebibytes(r["flash_written_bytes"]), f"mean per device, {r['flash_written_bytes'] / image:.2f} x the image"),
            ("fetched again after the cut", mebibytes(r["refetched_bytes_after_cut"]), ""),
            ("peak memory", f"{r['rss_mb']['node']:.0f} MB", f"node; applier {r['rss_mb']['applier']:.0f}, seeder {r['rss_mb']['seeder']:.0f}"),
            ("updated", f"{r['updated']} of {n}", "confirmed on 2.0.0, slot = signed image"),
            ("fell back", f"{r['fell_back']} of {n}", "from 3.0.0, with the failed check's name"),
        ])

    def broken_expectations(self):
        r, n = self.result, len(self.devices)
        served = r["wan_payload_bytes"]
        return [text for broken, text in [
            (r["updated"] != n, f"{r['updated']} of {n} devices were updated"),
            (r["fell_back"] != n, f"{r['fell_back']} of {n} devices fell back with the failed check's name"),
            (served > 1.05 * r["pack_bytes"], "the pack crossed the WAN more than 1.05 times"),
            (not served <= r["served_bytes"] <= r["wan_wire_bytes"],
             "nodes, seeder and link do not agree on what crossed the WAN"),
            (self.cut_at_bytes is None, "no power cut happened in mid-transfer"),
            (r["refetched_bytes_after_cut"] > REFETCH_MAX, "more than 2 MiB were fetched again after the power cut"),
        ] if broken]


def hashed(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


FIELDS = ("devices", "updated", "fell_back", "pack_bytes", "image_bytes", "wan_payload_bytes", "wan_wire_bytes", "lan_bytes",
          "seconds", "payload_over_rate_seconds", "flash_written_bytes", "refetched_bytes_after_cut", "rss_mb")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", default=root / "build/bin")
    parser.add_argument("--cache", type=pathlib.Path, default=root / "build/demo-cache")
    parser.add_argument("--json", action="store_true", help="the last line is the summary as one JSON object")
    parser.add_argument("--keep", action="store_true", help="leave the working folder, with all logs, behind")
    options = parser.parse_args()
    cage.enter()
    view = View(quiet=options.json)
    try:
        demo = Demo(options.programs, options.cache, options.keep, view)
        demo.build_site()
        demo.result["devices"] = len(demo.devices)
        demo.update()
        demo.bad_release()
        demo.switch_off()
    except (RuntimeError, wait.Late, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    view.say("summary\n" + demo.summary())
    broken = demo.broken_expectations()
    for text in broken:
        print(f"demo: {text}", file=sys.stderr)
    if options.json:
        print(json.dumps({field: demo.result[field] for field in FIELDS}, separators=(",", ":")))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
