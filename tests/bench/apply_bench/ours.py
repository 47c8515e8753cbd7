"""An install as dunlin does it: the real dunlin-applier, and the node's pipeline on a full pack that lies beside it."""
import json
import os
import pathlib
import re
import subprocess

from delta_bench.measure import Cost, Failed, measure
from lab import firmware, wait

CONFIG = """socket = "{folder}/applier.sock"
state_dir = "{folder}/state"
root_metadata = "{repository}/metadata/1.root.json"
product = "edge"
hardware = "pc"
command_line_file = "{folder}/cmdline"
reboot_command = ["true"]
[[slot]]
name = "a"
device = "{folder}/slot-a.img"
[[slot]]
name = "b"
device = "{slot}"
{boot_control}"""


class Dunlin:
    name = "dunlin"

    def __init__(self, programs, folder, image, level):
        self.programs, self.folder = pathlib.Path(programs), pathlib.Path(folder)
        self.repository = self.folder / "seeder" / "repository"
        self.seeder("init", self.folder / "seeder", "--product", "edge", "--url", "https://127.0.0.1:9")
        self.seeder("publish", "--dir", self.folder / "seeder", "--version", "2.0.0", "--image", f"rootfs={image}", "--level", level)
        (self.input,) = (self.repository / "packs").rglob("*.pack")
        (self.folder / "boot").mkdir()
        (self.folder / "slot-a.img").write_bytes(b"the slot that runs")
        (self.folder / "cmdline").write_text("dunlin.slot=a\n")

    def seeder(self, *words):
        done = subprocess.run([str(self.programs / "dunlin-seeder"), *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"dunlin-seeder {words[0]}: {done.stderr.strip()[-300:]}")

    def newest(self, role):
        return max((self.repository / "metadata").glob(f"*.{role}.json"), key=lambda path: int(path.name.split(".")[0]))

    def install(self, slot):
        return self.install_and_count(slot)[0]

    def install_and_count(self, slot):
        """(Cost of both programs, bytes that the node says it wrote). Memory is the applier's peak; `writer_rss_mb` the node's part."""
        flashed = firmware.flash_uboot(self.folder / "boot")
        config, socket = self.folder / "applier.toml", self.folder / "applier.sock"
        config.write_text(CONFIG.format(folder=self.folder, repository=self.repository, slot=slot.device,
                                        boot_control=flashed.configuration(self.folder / "boot")))
        socket.unlink(missing_ok=True)
        with open(self.folder / "applier.log", "ab") as log:
            applier = subprocess.Popen([str(self.programs / "dunlin-applier"), "--config", str(config)], stderr=log)
        try:
            wait.until("the applier listens", lambda: socket.exists() or applier.poll() is not None)
            return self.measured(applier, socket)
        finally:
            applier.terminate()
            applier.wait()

    def measured(self, applier, socket):
        before = cpu_s(applier.pid)
        (manifest,) = (self.repository / "targets").rglob("*.json")
        writer, said = measure([self.programs / "dunlin-apply-pack", "--socket", socket, "--pack", self.input,
                                "--timestamp", self.repository / "metadata" / "timestamp.json", "--snapshot", self.newest("snapshot"),
                                "--targets", self.newest("targets"), "--manifest", manifest])
        self.writer_rss_mb = writer.rss_mb
        cost = Cost(round(writer.cpu_s + cpu_s(applier.pid) - before, 2), writer.wall_s, peak_mib(applier.pid))
        return cost, json.loads(said)["flash_written"]


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return round(int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) / 1024, 1)
