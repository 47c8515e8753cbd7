"""A machine of which only the applier is real: two slots on loop devices (or in files), a boot environment, trust in a
repository. Its node is somebody else's."""
import grp
import hashlib
import json
import os
import pathlib
import shutil

from lab import firmware, storage, wait
from lab.device import APPLIER_CONFIG
from lab.process import Process

from applier_wire import Closed, Wire, request
from judge import Judge

GROUP = "nogroup"  # of the malicious node; the socket's


def repository_request(repository, version, image="rootfs"):
    """What a node sends to begin an install, out of a repository's folder as it is now."""
    metadata = pathlib.Path(repository, "metadata")
    newest = lambda role: max(metadata.glob(f"*.{role}.json"), key=lambda p: int(p.name.split(".")[0]))  # noqa: E731
    manifest = next(p for p in pathlib.Path(repository, "targets").rglob("*.json")
                    if json.loads(p.read_bytes()).get("version") == version)
    roots = sorted(metadata.glob("*.root.json"), key=lambda p: int(p.name.split(".")[0]))[1:]
    return {"roots": [p.read_text() for p in roots], "timestamp": (metadata / "timestamp.json").read_text(),
            "snapshot": newest("snapshot").read_text(), "targets": newest("targets").read_text(),
            "manifest": manifest.read_text(), "image": image, "force": False}


class ApplierMachine:
    def __init__(self, programs, folder, root_metadata, running, images, on_files=False):
        self.programs, self.folder = pathlib.Path(programs), pathlib.Path(folder)
        for part in ("data", "etc", "run", "boot", "self-test.d"):
            (self.folder / part).mkdir(parents=True)
        self.media = {slot: self.folder / f"medium-{slot}" for slot in "ab"}
        self.media["a"].write_bytes(running)
        self.media["b"].write_bytes(b"\xa5" * (len(running) + 65536))
        self.loops = {} if on_files else {slot: storage.Loop(path) for slot, path in self.media.items()}
        self.firmware = firmware.flash_uboot(self.folder / "boot")
        shutil.copy(root_metadata, self.folder / "etc/root.json")
        self.judge = Judge(self.media, self.firmware, images)
        self.version, self.booted, self.process = "1.0.0", "a", None
        self.write_configuration()
        self.start("--record", "a", "1.0.0", str(len(running))).child.wait()
        self.boot("a")

    def write_configuration(self):
        reset = self.folder / "reset"
        reset.write_text(f"#!/bin/sh\necho reboot >>{self.folder}/resets\n")
        reset.chmod(0o755)
        slots = {f"slot_{s}": self.loops[s].path if self.loops else self.media[s] for s in "ab"}
        values = {"data": self.folder / "data", "run": self.folder / "run", "etc": self.folder / "etc", "product": "edge",
                  "hardware": "pc", "group": f'socket_group = "{GROUP}"\n', "reset": reset, "boot_files": "", "max_staleness_days": 0,
                  "self_test": self.folder / "self-test.d", "boot_control": self.firmware.configuration(self.folder / "boot")}
        (self.folder / "etc/applier.toml").write_text(APPLIER_CONFIG.format(**values, **slots))

    def start(self, *words):
        (self.folder / "run/cmdline").write_text(f"dunlin.slot={self.booted}\n")
        return Process("applier", [self.programs / "dunlin-applier", "--config", self.folder / "etc/applier.toml", *words],
                       self.folder / "applier.log")

    def boot(self, slot):
        """The applier as it starts after a boot of this slot."""
        self.power_off()
        self.booted = slot
        self.booted_digest = hashlib.sha256(self.media[slot].read_bytes()).hexdigest()
        self.process = self.start()
        self.process.wait_for_line("dunlin-applier serves")
        wait.until("the applier answers", self.status)

    def power_off(self):
        if self.process:
            self.process.stop()

    @property
    def socket(self):
        return self.folder / "run/applier.sock"

    def status(self):
        """As root sees it; None when the applier does not answer."""
        try:
            with Wire(self.socket) as wire:
                return wire.answer(request("status")).get("status")
        except (OSError, Closed):
            return None

    def findings(self):
        """Words about everything that must not be; the applier must answer root whatever else goes on."""
        found = self.judge.findings(self.booted, self.booted_digest, self.process.pid)
        if not any("died" in words for words in found) and self.status() is None:
            found.append("the applier does not answer root")
        return found

    @staticmethod
    def group_number():
        return grp.getgrnam(GROUP).gr_gid
