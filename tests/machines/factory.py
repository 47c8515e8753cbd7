"""What a factory puts on a machine's disk: boot partition, configuration, and the applier's note of slot a."""
import os
import shutil

from lab import net
from lab.device import APPLIER_CONFIG, NODE_CONFIG
from machines.disk_image import PARTITIONS, DiskImage
from machines.judge import BOOT_FILES

APPLIER = """socket = "/run/dunlin/applier.sock"
socket_group = "dunlin"
state_dir = "/data/applier"
root_metadata = "/data/etc/root.json"
product = "edge"
hardware = "pc"
reboot_command = ["/sbin/board-reset"]
[[slot]]
name = "a"
device = "{slot_a}"
[[slot]]
name = "b"
device = "{slot_b}"
[boot_files]
directory = "/boot"
[[boot_files.files]]
from = "/usr/lib/vmlinuz"
to = "vmlinuz"
[[boot_files.files]]
from = "/usr/lib/initrd.img"
to = "initrd.img"
[trial]
self_test_dir = "/etc/dunlin/self-test.d"
watchdog = "/dev/watchdog0"
watchdog_timeout_s = 120
{boot_control}"""
USER = 77  # dunlin's, in root/etc/passwd


def make_disk(folder, name, site, address, version, loader, settings):
    image = site.images[version]
    boot, data = folder / "boot", folder / "data"
    boot.mkdir(parents=True)
    environment = loader.flash(boot)
    for file in BOOT_FILES:
        shutil.copy(site.root_images.boot_files / file, boot / f"a-{file}")
    for part in ("etc", "node", "applier"):
        (data / part).mkdir(parents=True)
    os.chown(data / "node", USER, USER)
    (data / "etc/network").write_text(f"ADDRESS={address}/16\n")
    site.seeder.give_trust_to(data / "etc")
    (data / "etc/node.toml").write_text(NODE_CONFIG.format(**node_values(name, site, settings)))
    slots = {f"slot_{s}": f"/dev/vda{PARTITIONS[f'root-{s}'].number}" for s in "ab"}
    (data / "etc/applier.toml").write_text(APPLIER.format(**slots, boot_control=environment.configuration()))
    record(folder, site, environment, image, version)
    return DiskImage(folder / "disk.img", image, boot, data, loader)


def node_values(name, site, settings):
    """The lab's template with a machine's paths."""
    return {"name": name, "site": "machines", "data": "/data", "run": "/run/dunlin", "etc": "/data/etc", "url": site.seeder.url,
            "auto": "true", "reboot": "auto", "check_interval_s": 5, "max_staleness_days": 0, "wan": "shared", "swarm": "", **settings}


def record(folder, site, environment, image, version):
    """The factory tells the applier what it wrote into slot a: the program itself does it, on files."""
    values = {"data": folder / "data", "run": folder, "etc": folder / "data/etc", "slot_a": image, "slot_b": folder / "none",
              "group": "", "boot_files": "", "max_staleness_days": 0, "product": "edge", "hardware": "pc", "reset": "true", "self_test": folder,
              "boot_control": environment.configuration(folder / "boot")}
    config = folder / "factory.toml"
    config.write_text(APPLIER_CONFIG.format(**values))
    (folder / "cmdline").write_text("dunlin.slot=a\n")
    net.run(site.programs / "dunlin-applier", "--config", config, "--record", "a", version, os.path.getsize(image))
