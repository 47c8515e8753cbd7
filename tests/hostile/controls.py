"""What the judge of a malicious node must not overlook: each control does, as root, what no attack may achieve."""
import fcntl
import mmap
import os
import struct

from node_under_control import BLKROSET


def changed_after_it_was_armed(releases, machine):
    releases.run_attack(machine, "honest_install", 1, 0)
    with open(machine.media["b"], "r+b") as medium:
        medium.seek(12345)
        medium.write(b"evil")


def mapped_before_it_was_sealed(releases, machine):
    """Why the applier writes on the node's behalf: a mapping outlives the seal."""
    descriptor = os.open(machine.loops["b"].path, os.O_RDWR)
    fcntl.ioctl(descriptor, BLKROSET, struct.pack("i", 0))  # whoever had this loop device before may have sealed it
    mapping = mmap.mmap(descriptor, 65536)
    releases.run_attack(machine, "honest_install", 1, 0)
    fcntl.ioctl(descriptor, BLKROSET, struct.pack("i", 1))
    mapping[4096:4100] = b"evil"
    mapping.flush()
    mapping.close()
    os.close(descriptor)


def running_slot_changed(releases, machine):
    machine.media["a"].write_bytes(b"evil" * (machine.media["a"].stat().st_size // 4))


def running_slot_forgotten_by_the_boot_loader(releases, machine):
    machine.firmware.write(machine.firmware.read() | {"BOOT_ORDER": "B", "BOOT_B_LEFT": "3"})


def dead_applier(releases, machine):
    machine.process.kill()


# name: (what is done, words of which one must be among the judge's findings)
CONTROLS = {
    "changed-after-it-was-armed": (changed_after_it_was_armed, "slot b would boot and holds no signed release"),
    "mapped-before-it-was-sealed": (mapped_before_it_was_sealed, "slot b would boot and holds no signed release"),
    "running-slot-changed": (running_slot_changed, "the running slot a was changed"),
    "running-slot-forgotten": (running_slot_forgotten_by_the_boot_loader, "the running slot a would not boot any more"),
    "dead-applier": (dead_applier, "the applier died"),
}


def is_seen(name, releases, machine):
    action, words = CONTROLS[name]
    action(releases, machine)
    return words in machine.findings()
