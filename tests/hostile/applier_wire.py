"""The applier's socket protocol, written from docs/applier-protocol.md alone: it shares no code with the programs."""
import json
import os
import socket
import struct

VERSION = 2
MESSAGE_MAX = 8 << 20
WRITE_MAX = 1 << 20


class Closed(Exception):
    """The applier ended the connection."""


def framed(body):
    return struct.pack("<I", len(body)) + body


def request(operation, **fields):
    return framed(json.dumps({"v": VERSION, "op": operation, **fields}).encode())


def slot_write(offset, content):
    return framed(b"W" + struct.pack("<Q", offset) + content)


class Wire:
    """One connection. `patience_s` bounds every wait; whoever breaks the protocol is closed or answered with an error."""

    def __init__(self, path, patience_s=60):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self.socket.settimeout(patience_s)
        self.pending = b""
        self.descriptors = []

    def close(self):
        self.socket.close()
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as gone:
            raise Closed(str(gone)) from None

    def receive(self):
        """The next message; its descriptor, when one came, is appended to `descriptors`."""
        while len(self.pending) < 4 or len(self.pending) - 4 < struct.unpack_from("<I", self.pending)[0]:
            try:
                data, descriptors, _, _ = socket.recv_fds(self.socket, 65536, 4)
            except ConnectionResetError:
                raise Closed("reset") from None
            self.descriptors += descriptors
            if not data:
                raise Closed("closed")
            self.pending += data
        (length,) = struct.unpack_from("<I", self.pending)
        message, self.pending = self.pending[4:4 + length], self.pending[4 + length:]
        return json.loads(message)

    def answer(self, data):
        """Sends and waits for `done` or `error`, whichever ends the operation. Who is turned away at once is told why."""
        try:
            self.send(data)
        except Closed:
            pass
        return self.final()

    def final(self):
        while True:
            message = self.receive()
            if message["reply"] != "progress":
                return message

    def write(self, content, offset=0):
        """A whole image, as an honest node writes it."""
        for at in range(0, len(content), WRITE_MAX):
            reply = self.answer(slot_write(offset + at, content[at:at + WRITE_MAX]))
            if reply["reply"] != "done":
                return reply
        return self.answer(request("sync_slot"))
