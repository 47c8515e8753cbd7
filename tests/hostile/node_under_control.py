"""What attacks share: the account of what was tried and refused, an honest install up to any point, and what may be
tried with a descriptor."""
import fcntl
import mmap
import os
import struct

from applier_wire import Closed, Wire, request, slot_write

# linux/fs.h
BLKROSET, BLKFLSBUF, BLKRRPART, BLKDISCARD, BLKZEROOUT, BLKSECDISCARD = 0x125D, 0x1261, 0x125F, 0x1277, 0x127F, 0x127D


class Node:
    """`requests` and `images` by name; `gained` are words about what must not have been possible."""

    def __init__(self, socket, requests, images, rng):
        self.socket, self.requests, self.images, self.rng = socket, requests, images, rng
        self.tried, self.refusals, self.gained = 0, [], []

    def wire(self):
        return Wire(self.socket)

    def ask(self, data, wire=None):
        """One request on a connection of its own, unless one is given."""
        if wire is not None:
            return wire.answer(data)
        with self.wire() as own:
            return own.answer(data)

    def must_refuse(self, what, data, wire=None):
        self.tried += 1
        try:
            reply = self.ask(data, wire)
        except Closed as closed:
            reply = {"reply": "error", "kind": "closed", "message": str(closed)}
        if reply["reply"] == "error":
            self.refusals.append(f"{what}: {reply['kind']}: {reply['message']}")
        else:
            self.gained.append(f"{what} was done")
        return reply

    def must_fail(self, what, action):
        """For system calls on what the applier gave away."""
        self.tried += 1
        try:
            action()
        except (OSError, ValueError) as refused:
            self.refusals.append(f"{what}: {refused}")
        else:
            self.gained.append(f"{what} was possible")

    def begin(self, wire, name="new", **changed):
        """Hands over the spare slot; raises when even this is refused."""
        reply = wire.answer(request("begin_install", **(self.requests[name] | changed)))
        if reply["reply"] != "done":
            raise RuntimeError(f"an honest begin was refused: {reply['message']}")
        return reply

    def staged(self, wire):
        """An honest install, all but the reboot."""
        self.begin(wire)
        wire.write(self.images["new"])
        reply = self.ask(request("commit_install"))
        if reply["reply"] != "done":
            raise RuntimeError(f"an honest commit was refused: {reply['message']}")

    def evil_write(self, size=4096):
        image = self.images["new"]
        offset = self.rng.randrange(0, len(image) - size)
        return slot_write(offset, self.rng.randbytes(size))

    def misuse(self, descriptor, what):
        """Everything that an unprivileged process may try with a descriptor of a slot."""
        link = f"/proc/self/fd/{descriptor}"
        self.must_fail(f"{what}: pwrite", lambda: os.pwrite(descriptor, b"evil", 0))
        self.must_fail(f"{what}: shared mapping", lambda: mmap.mmap(descriptor, 65536))
        self.must_fail(f"{what}: opening it again", lambda: os.close(os.open(link, os.O_RDWR)))
        self.must_fail(f"{what}: cutting it", lambda: os.truncate(link, 0))
        self.must_fail(f"{what}: punching a hole", lambda: os.posix_fallocate(descriptor, 0, 4096))
        first_block = struct.pack("<QQ", 0, 4096)
        for name, number, argument in (("BLKROSET", BLKROSET, struct.pack("i", 0)), ("BLKFLSBUF", BLKFLSBUF, 0),
                                       ("BLKRRPART", BLKRRPART, 0), ("BLKDISCARD", BLKDISCARD, first_block),
                                       ("BLKZEROOUT", BLKZEROOUT, first_block), ("BLKSECDISCARD", BLKSECDISCARD, first_block)):
            self.must_fail(f"{what}: {name}", lambda n=number, a=argument: fcntl.ioctl(descriptor, n, a))
