"""One QEMU process: a PC with a virtio disk, a network card on a tap, two serial lines, i6300esb and ERST (the firmware's
store for the kernel's last words)."""
import pathlib

from lab.net import inside
from lab.process import Process

MEMORY_MIB = 224
LOG_MIB = 1024  # sparse


class Qemu:
    """`console` gets what the machine says; `shell` is a Unix socket: the other end of its second serial line."""

    def __init__(self, folder, disk, tap, bios=(), instructions=False, log=None):
        folder = pathlib.Path(folder)
        self.console, self.shell = folder / "console.log", folder / "shell.sock"
        self.shell.unlink(missing_ok=True)
        records = folder / "erst"
        if not records.exists():
            records.write_bytes(bytes(0x10000))
        self.process = Process("qemu", [
            *inside(tap.namespace), "qemu-system-x86_64", "-nodefaults", "-display", "none", "-machine", "pc", *bios,
            *self.clock(instructions), "-m", MEMORY_MIB,
            "-blockdev", self.drive(disk, log), "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-netdev", f"tap,id=net,ifname={tap.interface},script=no,downscript=no", "-device", f"virtio-net-pci,netdev=net,mac={tap.mac},romfile=",
            "-object", "rng-random,id=random,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=random",
            "-device", "i6300esb", "-watchdog-action", "reset",
            "-object", f"memory-backend-file,id=records,mem-path={records},size=0x10000,share=on",
            "-device", "acpi-erst,memdev=records",
            "-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console",
            "-chardev", f"socket,id=shell,path={self.shell},server=on,wait=off", "-serial", "chardev:shell"],
            folder / "qemu.log")

    @staticmethod
    def drive(disk, log):
        """With a log, every write and flush of the machine is kept in it (write_log.py)."""
        if log is None:
            return f"node-name=disk,driver=file,filename={disk}"
        with open(log, "wb") as file:
            file.truncate(LOG_MIB << 20)
        return (f"node-name=disk,driver=blklogwrites,file.driver=file,file.filename={disk},"
                f"log.driver=file,log.filename={log},log-super-update-interval=1")

    @staticmethod
    def clock(instructions):
        """Real time; or the machine's time is the number of its instructions, and idle time is skipped: a watchdog of a
        minute costs no minute, and a busy host cannot trip it. Without network only: the others keep real time."""
        translator = "tcg,thread=single,tb-size=64"
        return (["-accel", translator, "-icount", "shift=1,sleep=off"] if instructions else ["-accel", translator])

    def running(self):
        return self.process.running()

    def kill(self):
        """As a power cut: the machine ends between two instructions."""
        self.process.kill()
