"""A device: two slots, a data and a boot folder, firmware that reads the boot environment, and dunlin's two programs.

A thread plays the board's power supply and reset line: it boots a slot, starts the programs, restarts one that
crashes (as the service manager would), and boots again when the device asks for a reset. `cut_power` kills every
process at once; what was written before stays."""
import os
import pathlib
import queue
import threading
import time

from lab import api, firmware, net, wait
from lab.process import Process

RESTART_DELAY_S = 0.3
NODE_CONFIG = """device_id = "{name}"
site = "{site}"
data_dir = "{data}/node"
socket = "{run}/node.sock"
applier_socket = "{run}/applier.sock"
root_metadata = "{etc}/root.json"
[seeder]
url = "{url}"
ca_file = "{etc}/ca.pem"
[update]
auto = {auto}
reboot = "{reboot}"
check_interval_s = {check_interval_s}
max_staleness_days = {max_staleness_days}
[swarm]
wan = "{wan}"
{swarm}
"""
APPLIER_CONFIG = """socket = "{run}/applier.sock"
{group}state_dir = "{data}/applier"
root_metadata = "{etc}/root.json"
max_staleness_days = {max_staleness_days}
product = "{product}"
hardware = "{hardware}"
command_line_file = "{run}/cmdline"
reboot_command = ["{reset}"]
[[slot]]
name = "a"
device = "{slot_a}"
[[slot]]
name = "b"
device = "{slot_b}"
{boot_control}{boot_files}[trial]
self_test_dir = "{self_test}"
self_test_deadline_s = 20
watchdog = ""
"""


class Device:
    """On files, without chroot: programs come from the build, slots are files. The demo's device is below it."""

    def __init__(self, name, host, programs, folder, seeder, slot_a, boot="uboot", **settings):
        self.name, self.host, self.programs, self.seeder = name, host, pathlib.Path(programs), seeder
        self.folder = pathlib.Path(folder, name)
        self.settings = {"auto": "true", "reboot": "auto", "check_interval_s": 2, "look_interval_s": 0.1, "site": "lab", "wan": "shared",
                         "max_staleness_days": 0, "swarm": "", "product": "edge", "hardware": "pc", "group": "", "boot_files": "",
                         "slot_bytes": None, "environment": {}, "version": "1.0.0",
                         "node_memory": None} | settings  # node_memory: a cgroup.MemoryGroup
        self.events = queue.Queue()  # "reset", "cut", "off"
        self.boots = []  # the slot of every boot, None for a boot that failed
        self.processes = {}
        self.peak_kib = {"node": 0, "applier": 0}
        self.restarts, self.restart_at = 0, {}
        self.failure = None
        self.lock = threading.RLock()
        self.thread = None
        self.applier_program = self.programs / "dunlin-applier"
        self.prepare(slot_a, boot)

    # The factory.

    def prepare(self, slot_a, boot):
        for part in ("data/node", "data/applier", "etc", "run", "boot"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.slots = {s: self.folder / f"slot-{s}.img" for s in "ab"}
        self.slot_bytes = self.settings["slot_bytes"] or os.path.getsize(slot_a)
        for slot, source in (("a", slot_a), ("b", None)):
            self.fill(self.slots[slot], source)
        self.boot_folder = self.folder / "boot"
        self.firmware = firmware.flash_uboot(self.boot_folder) if boot == "uboot" else firmware.flash_grub(self.boot_folder)
        (self.folder / "self-test.d").mkdir()
        self.reset_line = self.folder / "run" / "machine"
        reset = self.folder / "reset"
        reset.write_text(f"#!/bin/sh\necho reboot >{self.reset_line}\n")
        reset.chmod(0o755)
        self.write_configuration()
        self.record("a", slot_a)

    def record(self, slot, image):
        """The factory's last step: tells the applier what it wrote into the slot."""
        values = {"name": self.name, "url": self.seeder.url} | self.settings | Device.places(self)
        values |= {"group": "", "boot_files": ""}
        config = self.folder / "factory.toml"
        config.write_text(APPLIER_CONFIG.format(**values))
        (self.folder / "run").mkdir(exist_ok=True)
        (self.folder / "run/cmdline").write_text(f"dunlin.slot={slot}\n")
        net.run(self.applier_program, "--config", config, "--record", slot, self.settings["version"], os.path.getsize(image))

    def fill(self, slot, source):
        """A slot with an image in it; without one, with junk: a lost write over zeros would not show."""
        if source is not None:
            net.run("cp", "--sparse=always", source, slot)
        else:
            with open(slot, "wb") as file:
                for at in range(0, min(self.slot_bytes, 64 << 20), 1 << 20):
                    file.seek(at)
                    file.write(b"\xa5junk..." * 8192)
        os.truncate(slot, self.slot_bytes)

    def places(self):
        """Paths as the programs see them."""
        return {"data": self.folder / "data", "run": self.folder / "run", "etc": self.folder / "etc",
                "slot_a": self.slots["a"], "slot_b": self.slots["b"], "reset": self.folder / "reset",
                "self_test": self.folder / "self-test.d", "boot_control": self.firmware.configuration(self.boot_folder)}

    def write_configuration(self):
        values = {"name": self.name, "url": self.seeder.url} | self.settings | self.places()
        etc = self.folder / "etc"
        (etc / "node.toml").write_text(NODE_CONFIG.format(**values))
        (etc / "applier.toml").write_text(APPLIER_CONFIG.format(**values))
        self.seeder.give_trust_to(etc)

    # Power.

    def power_on(self):
        self.failure = None
        self.thread = threading.Thread(target=self.live, name=self.name, daemon=True)
        self.thread.start()

    def power_off(self):
        if self.thread:
            self.events.put("off")
            self.thread.join(60)
            self.thread = None

    def cut_power(self):
        """Every process of the device is killed at once; it boots again."""
        self.sample()
        self.kill_all()
        self.events.put("cut")

    def kill_all(self):
        with self.lock:
            for process in self.processes.values():
                process.child.kill()
            def none_left():
                left = self.host.processes()
                for pid in left:
                    try:
                        os.kill(pid, 9)
                    except ProcessLookupError:
                        pass
                return not left
            for process in self.processes.values():
                process.child.wait()
            wait.until(f"{self.name}: no process left", none_left)
            self.processes = {}

    def live(self):
        try:
            while self.boot_once() != "off":
                pass
        except Exception as error:  # the scenario reads it: a thread must not die in silence
            self.failure = f"{self.name}: {error}"
        finally:
            self.kill_all()

    def boot_once(self):
        slot = self.firmware.choose()
        self.boots.append(slot)
        if slot is None or not self.start(slot):
            return "reset"
        reason = self.wait_for_event()
        self.sample()
        self.kill_all()
        self.stop()
        while not self.events.empty():
            reason = "off" if self.events.get() == "off" else reason
        return reason

    def start(self, slot):
        """Starts the programs on this slot; False when the slot does not boot."""
        self.reset_line.unlink(missing_ok=True)
        os.mkfifo(self.reset_line)
        self.reset_reader = os.open(self.reset_line, os.O_RDONLY | os.O_NONBLOCK)
        (self.folder / "run" / "cmdline").write_text(f"console=ttyS0 root=/dev/x dunlin.slot={slot}\n")
        self.start_programs()
        return True

    def command(self, program):
        config = {"dunlin-node": ["run"], "dunlin-applier": []}[program]
        etc = self.folder / "etc" / f"{program.removeprefix('dunlin-')}.toml"
        group = self.settings["node_memory"] if program == "dunlin-node" else None
        limit = group.inside() if group else []
        return [*limit, *net.inside(self.host.name), self.programs / program, *config, "--config", etc]

    def start_programs(self):
        for name in ("applier", "node"):
            self.start_program(name)

    def start_program(self, name):
        with self.lock:
            self.processes[name] = Process(name, self.command(f"dunlin-{name}"), self.folder / f"{name}.log",
                                           os.environ | self.settings["environment"])

    def stop(self):
        os.close(self.reset_reader)

    def wait_for_event(self):
        """Until reset, cut or off. A program that ended is started again after a moment, as systemd does."""
        while True:
            try:
                return self.events.get(timeout=self.settings["look_interval_s"])
            except queue.Empty:
                pass
            if self.reset_asked():
                return "reset"
            self.sample()
            self.restart_ended()

    def restart_ended(self):
        now = time.monotonic()
        with self.lock:
            for name in [n for n, p in self.processes.items() if not p.running()]:
                if now >= self.restart_at.setdefault(name, now + RESTART_DELAY_S):
                    del self.restart_at[name]
                    self.restarts += 1
                    self.start_program(name)

    def reset_asked(self):
        try:
            return bool(os.read(self.reset_reader, 64))
        except BlockingIOError:
            return False

    # Looking at it.

    @property
    def socket(self):
        return self.folder / "run" / "node.sock"

    def status(self):
        return api.get(self.socket, "/v1/status")

    def logged(self, kind):
        """What the node wrote of events of that kind into its log, which outlives its reboots: event_log() does not."""
        log = self.folder / "node.log"
        return [line for line in log.read_text(errors="replace").splitlines() if f"event={kind}" in line] if log.exists() else []

    def event_log(self):
        body = api.get(self.socket, "/v1/events?after=0")
        return body["events"] if isinstance(body, dict) else body or []

    def post(self, verb):
        return api.post(self.socket, f"/v1/{verb}")

    def install(self, bundle):
        """As a person on the device would; returns what the command says, raises with it when it is refused."""
        return net.run(*net.inside(self.host.name), self.programs / "dunlin-node", "install", bundle, "--socket", self.socket)

    def sample(self):
        with self.lock:
            for name, process in self.processes.items():
                self.peak_kib[name] = max(self.peak_kib[name], process.peak_rss_kib())

    def wait_for(self, what, condition, deadline_s=60):
        """Until condition(status) is true; a dead device ends the wait at once."""
        def look():
            if self.failure:
                raise RuntimeError(self.failure)
            status = self.status()
            return status if status and condition(status) else None
        try:
            return wait.until(f"{self.name}: {what}", look, deadline_s)
        except wait.Late as late:
            raise wait.Late(f"{late}; last status: {self.status()}\n{self.tail()}") from None

    def tail(self):
        logs = [self.folder / f"{name}.log" for name in ("node", "applier")]
        return "\n".join(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-12:])
                         for log in logs if log.exists())
