"""Every attack of a malicious node, by name, with the words in which it must be refused; and how one is run and judged."""
import dataclasses
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from lab import net, wait
from lab.seeder import Seeder

from applier_machine import ApplierMachine, repository_request

HERE = pathlib.Path(__file__).resolve().parent
IMAGE_BYTES = 2 << 20
OLD, NEW = "1.0.0", "2.0.0"


@dataclasses.dataclass
class Case:
    name: str
    attack: str
    refusals: tuple  # patterns, each found in what the node was told
    on_files: bool = False
    confirmed: bool = False  # the newest release was confirmed before, with its floor
    on_trial: bool = False  # its trial runs


CASES = [
    Case("boot-unsigned", "boot_unsigned", ("not a signed target", "signature", "other bytes than the signed image", "has no image")),
    Case("boot-unsigned-from-files", "boot_unsigned", ("other bytes than the signed image",), on_files=True),
    Case("swap-after-verification", "swap_after_verification",
         ("no slot is handed over", "shared mapping: .*denied", "BLKROSET: .*(denied|permitted)")),
    Case("swap-after-verification-of-files", "swap_after_verification", ("no slot is handed over", "pwrite: "), on_files=True),
    Case("race-the-read-back", "race_read_back", ("no slot is handed over",)),
    Case("race-the-read-back-of-files", "race_read_back", ("no slot is handed over",), on_files=True),
    Case("replay-older", "replay_older", ("the whole older repository: .*rollback", "older timestamp: .*rollback",
                                          "older manifest below the floor: .*floor", "by force: .*floor"), confirmed=True),
    Case("out-of-order", "out_of_order", ("no install is under way", "no slot is handed over", "no trial is running",
                                          "holds nothing to go back to", "a commit without a byte: .*other bytes")),
    Case("write-running-slot", "write_running_slot", ("pwrite: ", "shared mapping: .*denied", "opening it again: .*denied",
                                                      "no slot is handed over")),
    Case("paths", "paths", ("is not a configured slot", "only confirmed slots", "has no image")),
    Case("during-a-trial", "during_trial", ("a begin during a trial: .*busy", "no slot is handed over"), on_trial=True),
    Case("hold-connections", "hold_connections", ("too many connections",)),
    Case("exhaust-space", "exhaust_space", ("goes beyond the image",)),
    Case("exhaust-space-of-files", "exhaust_space", ("goes beyond the image",), on_files=True),
    Case("malformed-messages", "malformed", ("message of 0 bytes", "message of 8388609 bytes", "message of 4294967295 bytes",
                                             "not JSON", "protocol version", "unknown operation", "ends beyond 64 bits")),
    Case("slow-messages", "slow_messages", ()),
    Case("flood", "flood", ("dropped",)),
    Case("send-descriptors", "send_descriptors", ()),
]


class Releases:
    """Signed once for all cases: an operator's repository before and after its second release, and a stranger's."""

    def __init__(self, programs, folder):
        self.programs, self.folder = programs, pathlib.Path(folder)
        self.host = net.Switch("hostile").plug("operator")
        rng = random.Random(7)
        self.images = {name: self.folder / f"{name}.img" for name in ("running", "new", "forged")}
        for path in self.images.values():
            path.write_bytes(rng.randbytes(IMAGE_BYTES // 2) + bytes(IMAGE_BYTES // 2))
        seeder = self.seeder("operator")
        seeder.publish(OLD, self.images["running"], "--level", "1")
        repository = self.folder / "operator/repository"
        self.requests = {"old": repository_request(repository, OLD)}
        seeder.publish(NEW, self.images["new"], "--level", "1", "--floor", NEW)
        self.requests |= {"new": repository_request(repository, NEW), "below_floor": repository_request(repository, OLD)}
        self.seeder("stranger").publish(NEW, self.images["forged"], "--level", "1")
        self.requests["forged"] = repository_request(self.folder / "stranger/repository", NEW)
        self.root = repository / "metadata/1.root.json"
        self.machines = 0

    def seeder(self, name):
        folder = self.folder / name
        return Seeder(self.programs, folder, self.host)

    def machine(self, case):
        self.machines += 1
        images = [self.images[name].read_bytes() for name in ("running", "new")]
        machine = ApplierMachine(self.programs, self.folder / f"machine-{self.machines}", self.root, images[0], images, case.on_files)
        if case.confirmed or case.on_trial:
            self.update(machine, case.on_trial)
        return machine

    def update(self, machine, stays_on_trial):
        """An honest update; its trial ends well, or not before the machine is switched off."""
        if stays_on_trial:
            test = machine.folder / "self-test.d/10-hangs"
            test.write_text("#!/bin/sh\nexec sleep 20\n")
            test.chmod(0o755)
        reply = self.run_attack(machine, "honest_install", 1, 0)
        if reply["broken"] or reply["gained"]:
            raise RuntimeError(f"the honest install failed: {reply}")
        machine.boot(machine.firmware.choose())

    def run_attack(self, machine, attack, rounds, seed, user="nobody", group="nogroup"):
        """Runs as that user; meanwhile the applier must answer root."""
        task = {"socket": str(machine.socket), "attack": attack, "rounds": rounds, "seed": seed, "requests": self.requests,
                "images": {name: str(path) for name, path in self.images.items()}}
        command = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", sys.executable, HERE / "malicious_node.py"]
        with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as found, tempfile.TemporaryFile() as errors:
            told.write(json.dumps(task).encode())
            told.seek(0)
            child = subprocess.Popen(command, stdin=told, stdout=found, stderr=errors,
                                     env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
            silent = 0
            while child.poll() is None:
                silent += machine.status() is None
                wait.pause(0.02)
            found.seek(0)
            errors.seek(0)
            if child.returncode != 0:
                raise RuntimeError(f"{attack}: {errors.read().decode()[-2000:]}")
            reply = json.loads(found.read())
        if silent:
            reply["gained"].append("the applier did not answer root meanwhile")
        return reply

    def run(self, case, rounds=1, seed=0):
        """The account of the node, with what the judge found in `gained`."""
        machine = self.machine(case)
        try:
            account = self.run_attack(machine, case.attack, rounds, seed)
            account["gained"] += machine.findings()
        finally:
            machine.power_off()
        if not account["gained"] and not account["broken"]:
            shutil.rmtree(machine.folder)
        return account
