"""Every hostile neighbour, mirror and seeder, by name: who is there, and what must hold. Each case is one site."""
import json
import shutil

from lab import net, wait
from lab.seeder import Seeder
from small_site import MIB, V1, V2, SmallSite, make_image, sha256

from hostile_host import ArpSpoofer, StrangerHost

NODE_RSS_KIB_MAX = 96 * 1024
V3, V4 = "3.0.0", "4.0.0"
NOWHERE = "https://192.0.2.1:8443"  # nobody answers there
WAN_SHARE_MAX = 2.2  # of the pack, with two honest devices: lies may cost them the turn-taking, never more


class HostileSite:
    """An operator with two releases, and a stranger with keys of his own. `findings` are words about what must not be."""

    def __init__(self, programs):
        self.site = SmallSite(programs, image_bytes=4 * MIB, publish=False)
        self.site.publish(V1)
        self.before = self.site.folder / "backup"
        shutil.copytree(self.site.seeder.folder, self.before)
        self.site.publish(V2, "--deltas", "0")
        self.forged_image = make_image(self.site.folder / "forged.img", 4 * MIB, 66)
        self.forger = Seeder(programs, self.site.folder / "forger", self.site.switch.plug(self.site.name("forger")))
        self.forger.publish(V3, self.forged_image, "--level", "3")
        self.forger.url, self.forger.port = self.site.seeder.url, self.site.seeder.port
        self.findings, self.closing = [], []

    def close(self):
        for leave in reversed(self.closing):
            leave()
        self.site.close()
        if self.forger.process:
            self.forger.stop()

    @property
    def repositories(self):
        repository = "repository"
        return {"old": self.before / repository, "new": self.site.seeder.folder / repository,
                "forged": self.forger.folder / repository}

    def stranger(self, *roles, seed=0):
        manifest = self.site.seeder.manifest(V2)
        image = manifest["images"][0]
        contents = [image["sha256"] if "sha256" in image else image["id"]] + [p["path"].split("/")[1][:64] for p in image["packs"]]
        stranger = StrangerHost(self.site, roles, contents, self.repositories, seed)
        self.closing.append(stranger.leave)
        return stranger

    def device(self, **settings):
        # Liars can hold a reboot back for as long as neighbours are waited for.
        return self.site.device(**({"auto": "true\nneighbours_wait_s = 3"} | settings))

    def must(self, holds, words):
        if not holds:
            self.findings.append(words)

    def must_update(self, device, version=V2, deadline_s=120):
        try:
            device.wait_for(f"confirmed on {version}", lambda s: s["version"] == version and s["phase"] == "confirmed", deadline_s)
        except (wait.Late, RuntimeError) as failed:
            self.findings.append(f"{device.name} was kept from {version}: {str(failed)[-1500:]}")
            return
        self.must_hold_signed(device)

    def must_refuse(self, device, words):
        """Says why, and leaves the spare slot as it is."""
        spare = sha256(device.slots["b"])
        device.power_on()
        try:
            device.wait_for(f"a refusal about {words}", lambda s: words in self.told(device), 60)
        except wait.Late as late:
            self.findings.append(str(late)[-800:])
        self.must(sha256(device.slots["b"]) == spare, "the spare slot was written")
        self.must(device.status()["version"] == V1, "another version runs")

    def must_hold_signed(self, device):
        """Whatever it would boot is signed; it kept within its memory and did not crash."""
        good = [(sha256(image), image.stat().st_size) for image in self.site.images.values()]
        for slot in {slot for slot in device.boots if slot}:
            self.must(any(sha256(device.slots[slot], size) == digest for digest, size in good),
                      f"{device.name} booted slot {slot}, which holds no signed release")
        device.sample()
        self.must(device.peak_kib["node"] <= NODE_RSS_KIB_MAX, f"{device.name}: node took {device.peak_kib['node']} KiB")
        self.must(device.restarts == 0, f"{device.name}: a program crashed")

    def told(self, device):
        """All that a person on the device would read."""
        return f"{device.status()['last_error']} {json.dumps(device.event_log())}"


def lying_mirrors(site):
    """Mirrors that say they know more than all others, each bad in its own way, and a device that has nobody else to ask: it
    believes none. As soon as an honest neighbour is there it updates."""
    stranger = site.stranger("mirrors")
    device = site.device(wan="never", url=NOWHERE)
    spare = sha256(device.slots["b"])
    device.power_on()
    try:
        wait.until("every mirror is asked", lambda: all(stranger.account()["mirrors"].values()), 90, 0.5)
    except wait.Late:
        site.findings.append(f"not all were asked: {stranger.account()['mirrors']}")
    site.must(device.status()["version"] == V1 and sha256(device.slots["b"]) == spare, "something of them was taken")
    site.must("mirror_passed_over" in site.told(device), "no mirror was passed over by name")
    honest = site.device()
    honest.power_on()
    for each in (honest, device):
        site.must_update(each)
    return sum(stranger.account()["mirrors"].values())


def lying_peers(site, seed=0, lie="leader-ahead"):
    """Who claims to lead, to have everything, and to be a crowd: devices update, and cross the WAN not much more often."""
    stranger = site.stranger(lie, "complete", "flood", seed=seed)
    devices = [site.device(), site.device()]
    for device in devices:
        device.power_on()
    for device in devices:
        site.must_update(device)
    pack = min(pack["size"] for pack in site.site.seeder.packs(V2))
    share = sum(device.status()["bytes"]["wan"] for device in devices) / pack
    site.must(share <= WAN_SHARE_MAX, f"the WAN carried {share:.2f} x the pack")
    account = stranger.account()
    site.must(account["said"] > 100 and account["peer"] > 0, f"the stranger was not heard: {account}")
    return account["said"]


def corrupting_peer(site):
    """A device of the fleet that updates itself and spoils whatever it sends, beside one that does not: their neighbour, who
    has nobody else, takes all the release from the honest one."""
    spoiler = site.device(environment={"LD_PRELOAD": str(site.site.programs / "dunlin_corrupt_sender.so")})
    honest = site.device()
    for device in (spoiler, honest):
        device.power_on()
    for device in (spoiler, honest):
        site.must_update(device)
    last = site.device(wan="never")
    last.power_on()
    site.must_update(last)
    return 1


def stranger_takes_the_seeders_address(site):
    """By ARP, with a server and a newer release of his own behind it: refused for its certificate. Nothing is written; when
    he is gone the device goes on."""
    spoofer = ArpSpoofer(site.forger.host, site.site.seeder.host.address)
    site.closing.append(spoofer.leave)
    site.forger.start()
    device = site.device()
    site.must_refuse(device, "certificate")
    site.forger.stop()
    spoofer.leave()
    for host in site.site.switch.hosts:  # how long neighbours remember him is the kernel's matter, not ours
        net.run("ip", "-n", host.name, "neigh", "flush", "all")
    device.post("check")
    site.must_update(device)
    return 1


def stolen_seeder(site):
    """Whoever has the seeder's machine, its address and its certificate, but not the keys of root and targets: refused for
    his signatures. When the operator is back the device goes on."""
    operator = site.site.seeder
    operator.stop()
    shutil.copytree(operator.folder / "tls", site.forger.folder / "tls", dirs_exist_ok=True)
    site.forger.host = operator.host
    site.forger.start()
    device = site.device()
    site.must_refuse(device, "sign")
    site.forger.stop()
    operator.start()
    device.post("check")
    site.must_update(device)
    return 1


def restored_seeder(site):
    """From a backup older than what devices have seen: they keep what they have and say why, until the operator has passed
    that point again."""
    device = site.device()
    device.power_on()
    site.must_update(device)
    seeder = site.site.seeder
    seeder.stop()
    shutil.rmtree(seeder.folder)
    shutil.copytree(site.before, seeder.folder)
    seeder.start()
    try:
        device.wait_for("a refusal of what is older", lambda s: "older" in site.told(device) or "rollback" in site.told(device), 60)
    except wait.Late as late:
        site.findings.append(str(late)[-800:])
    site.must(device.status()["version"] == V2, "the device went back")
    site.site.images |= {V3: site.site.images[V1], V4: site.site.images[V1]}
    site.site.publish(V3)
    site.site.publish(V4, "--deltas", "0")
    site.must_update(device, V4)
    return 1


CASES = {
    "mirrors": lying_mirrors,
    "peers-that-lie-stall-and-flood": lying_peers,
    "peers-that-lie-slowly": lambda site, seed=0: lying_peers(site, seed, "leader-growing"),
    "peer-that-corrupts": corrupting_peer,
    "stranger-as-the-seeder": stranger_takes_the_seeders_address,
    "stolen-seeder": stolen_seeder,
    "seeder-restored-from-a-backup": restored_seeder,
}


def run(name, programs, seed=0):
    """(what was tried, what must not be)."""
    site = HostileSite(programs)
    try:
        site.site.seeder.start()
        tried = CASES[name](site, **({"seed": seed} if name.startswith("peers-") else {}))
    finally:
        site.close()
    return tried, site.findings
