"""What must hold after every attack of a malicious node, seen from outside: by the boot loader, by the medium, by the
kernel's view of the applier."""
import hashlib
import os
import pathlib

APPLIER_RSS_KIB_MAX = 128 * 1024
APPLIER_DESCRIPTORS_MAX = 64


def digest(path, size):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


class Judge:
    """`media`: {slot: file under the slot's device}, `firmware`: of lab.firmware, `images`: [bytes] of signed releases."""

    def __init__(self, media, firmware, images):
        self.media, self.firmware = media, firmware
        self.good = {(hashlib.sha256(image).hexdigest(), len(image)) for image in images}

    def is_whole(self, slot):
        os.sync()  # the medium is a file below a loop device
        return any(digest(self.media[slot], size) == wanted for wanted, size in self.good)

    def bootable(self):
        """Slots that the boot loader would ever choose as things are now."""
        variables = self.firmware.read()
        return [name.lower() for name in variables["BOOT_ORDER"].split() if int(variables.get(f"BOOT_{name}_LEFT", "0"), 16) > 0]

    def findings(self, booted, booted_digest, applier_pid):
        """Words about everything that must not be; empty when all holds."""
        found = [f"slot {slot} would boot and holds no signed release" for slot in self.bootable() if not self.is_whole(slot)]
        if booted not in self.bootable():
            found.append(f"the running slot {booted} would not boot any more")
        size = os.path.getsize(self.media[booted])
        if digest(self.media[booted], size) != booted_digest:
            found.append(f"the running slot {booted} was changed")
        return found + self.findings_about_process(applier_pid)

    def findings_about_process(self, pid):
        process = pathlib.Path(f"/proc/{pid}")
        if not process.exists() or (process / "status").read_text().find("State:\tZ") >= 0:
            return ["the applier died"]
        found = []
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        peak_kib = int(status["VmHWM"].split()[0])
        if peak_kib > APPLIER_RSS_KIB_MAX:
            found.append(f"the applier took {peak_kib} KiB")
        descriptors = len(list((process / "fd").iterdir()))
        if descriptors > APPLIER_DESCRIPTORS_MAX:
            found.append(f"the applier holds {descriptors} descriptors")
        return found
