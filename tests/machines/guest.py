"""A virtual device: a disk from the factory, a PC that boots it with a real boot loader and kernel, and dunlin inside."""
import json
import re

from lab import wait
from machines import factory
from machines.loaders import Grub
from machines.qemu import Qemu
from machines.shell import Shell
from machines.tap import Tap

DEADLINE_S = 400  # on a busy host; a test that waits for a state ends when it comes


class Guest:
    def __init__(self, name, site, version, loader=Grub, **settings):
        self.name, self.folder, self.loader = name, site.folder / name, loader
        self.folder.mkdir()
        self.tap = Tap(site.switch)
        self.disk = factory.make_disk(self.folder, name, site, self.tap.address, version, loader, settings)
        self.qemu = None

    # Power.

    def power_on(self, **how):
        """`instructions` and `log` as in Qemu."""
        self.qemu = Qemu(self.folder, self.disk.path, self.tap, self.loader.bios, **how)
        self.shell = Shell(self.qemu.shell)

    def cut_power(self):
        self.qemu.kill()
        self.shell.close()

    power_off = cut_power

    # Looking at it.

    def console(self):
        path = self.folder / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def loads(self):
        """The slots that the boot loader chose, one for each time the machine started."""
        return re.findall(r"loader: slot ([ab])\b(?! does)", self.console())

    def boots(self):
        """(slot, version) of each start that got as far as our programs."""
        return re.findall(r"board: up slot=([ab]) version=(\S+)", self.console())

    def ask(self, command, deadline_s=20):
        """What the command says in the guest; None when it does not answer or the command fails."""
        answer = self.shell.ask(command, deadline_s)
        return answer[1] if answer and answer[0] == 0 else None

    def status(self):
        return as_json(self.ask("dunlin-node status --json"))

    def event_log(self):
        return [as_json(line) for line in (self.ask("dunlin-node events --json") or "").splitlines()]

    def wait_for(self, what, condition, deadline_s=DEADLINE_S):
        """Until condition(status) holds; returns that status."""
        def look():
            status = self.status()
            if not self.qemu.running():
                raise RuntimeError(f"{self.name}: QEMU ended: {self.qemu.process.output()[-800:]}")
            return status if status and condition(status) else None
        return self.wait_until(what, look, deadline_s)

    def wait_until(self, what, condition, deadline_s=DEADLINE_S):
        try:
            return wait.until(f"{self.name}: {what}", condition, deadline_s, 0.2)
        except wait.Late as late:
            raise wait.Late(f"{late}; loads {self.loads()}, boots {self.boots()}\n{self.console()[-4000:]}") from None

    def wait_for_boot(self, count, deadline_s=DEADLINE_S):
        """Until our programs were started for the count-th time."""
        return self.wait_until(f"boot {count}", lambda: len(self.boots()) >= count and self.boots()[-1], deadline_s)

    def holds(self, slot, image):
        content = image.read_bytes()
        return self.disk.slot(slot, len(content)) == content


def as_json(text):
    try:
        return json.loads(text) if text else None
    except json.JSONDecodeError:
        return None
