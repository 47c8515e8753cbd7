"""Attacks of a node that wants the applier to stop, to starve or to grow."""
import os
import socket
import struct

from applier_wire import Closed, MESSAGE_MAX, WRITE_MAX, framed, request, slot_write


def hold_connections(node):
    """As many connections and descriptors as one gets; each does nothing, or half of something."""
    held = []
    try:
        for number in range(60):
            wire = node.wire()
            held.append(wire)
            node.tried += 1
            if number % 2:
                try:
                    wire.send(request("status")[:node.rng.randrange(1, 20)])
                except Closed:
                    pass  # what it was told is read below
        for wire in held:
            try:
                wire.socket.settimeout(0.05)
                reply = wire.receive()
                node.refusals.append(f"holding: {reply['kind']}: {reply['message']}")
            except (Closed, TimeoutError):
                pass
    finally:
        for wire in held:
            wire.close()
    descriptors = []
    for _ in range(100):
        node.tried += 1
        with node.wire() as wire:
            try:
                wire.answer(request("open_booted_slot"))
            except Closed:
                continue  # it still counts those that were held
            descriptors += wire.descriptors
            wire.descriptors = []
    for descriptor in descriptors:
        os.close(descriptor)


def exhaust_space(node):
    """Bytes beyond the image, and installs begun again and again."""
    image = node.images["new"]
    with node.wire() as wire:
        node.begin(wire)
        for offset in (len(image), len(image) - 1, len(image) + 4096, 1 << 40, (1 << 63) - 8, (1 << 64) - 9):
            node.must_refuse("a write beyond the image", slot_write(offset, b"overflow"), wire)
    for _ in range(20):
        node.tried += 1
        with node.wire() as wire:
            node.begin(wire)
            wire.answer(node.evil_write())


def malformed(node):
    """Whatever a message may not be; every one ends its own connection and nothing else."""
    good = request("status")[4:]
    write = struct.pack("<Q", 0)
    cases = {"no length": framed(b""), "a length beyond the limit": struct.pack("<I", MESSAGE_MAX + 1),
             "the longest length there is": b"\xff\xff\xff\xff", "no JSON": framed(b"\0\1\2"), "a list": framed(b"[]"),
             "another version": framed(good.replace(b'"v": 2', b'"v": 1')), "no operation": framed(b'{"v": 2}'),
             "an unknown operation": request("format"), "fields of another kind": request("open_slot", slot={"a": 1}),
             "deep nesting": framed(b'{"v":2,"x":' + b"[" * 100000), "many values": framed(b'{"v":2,"x":[' + b"0," * 1000000 + b"0]}"),
             "a long string": framed(b'{"v":2,"op":"' + b"a" * (MESSAGE_MAX - 64) + b'"}'), "text that is none": framed(b'{"v":2,"op":"\xff\xfe"}'),
             "a write without an offset": framed(b"W123"), "a write without bytes": framed(b"W" + write),
             "a write of too many bytes": framed(b"W" + write + b"x" * (WRITE_MAX + 1)),
             "a write that ends beyond 64 bits": framed(b"W" + b"\xff" * 8 + b"x")}
    for what, data in cases.items():
        node.must_refuse(what, data)
    for _ in range(30):
        damaged = bytearray(request("begin_install", **node.requests["new"]))
        damaged[node.rng.randrange(4, len(damaged))] = node.rng.randrange(256)
        node.tried += 1
        with node.wire() as wire:
            reply = wire.answer(bytes(damaged))
        if reply["reply"] == "error":
            node.refusals.append(f"damage: {reply['kind']}: {reply['message']}")


def slow_messages(node):
    """Byte by byte, and promises of eight megabytes: others are served between any two bytes."""
    slow = [node.wire() for _ in range(4)]
    try:
        for wire in slow:
            wire.send(struct.pack("<I", MESSAGE_MAX))
        for _ in range(10):
            for wire in slow:
                wire.send(b" ")
                node.tried += 1
            if node.ask(request("status"))["reply"] != "done":
                node.gained.append("slow messages kept the applier from answering")
    finally:
        for wire in slow:
            wire.close()


def flood(node):
    """Requests whose answers nobody reads: whoever does so is dropped, others are answered."""
    for _ in range(2):
        wire = node.wire()
        wire.socket.settimeout(5)
        try:
            for _ in range(2000):
                wire.send(request("status") * 20)
                node.tried += 20
        except (Closed, TimeoutError, OSError) as dropped:
            node.refusals.append(f"flood: dropped: {dropped}")
        else:
            node.gained.append("forty thousand unread answers were taken")
        finally:
            wire.close()
        if node.ask(request("status"))["reply"] != "done":
            node.gained.append("a flood kept the applier from answering")


def send_descriptors(node):
    """Descriptors that nobody asked for, of files and of sockets that take long to close."""
    null = os.open("/dev/null", os.O_RDWR)
    for _ in range(40):
        node.tried += 1
        with node.wire() as wire:
            try:
                socket.send_fds(wire.socket, [request("status")], [null] * 4)
                wire.receive()
            except (OSError, Closed) as refused:
                node.refusals.append(f"descriptors: {refused}")
    os.close(null)
    for _ in range(2):
        node.tried += 1
        # Closed here before it is taken there: whoever took it would close it last, and wait.
        with node.wire() as wire, lingering_socket() as slow:
            try:
                socket.send_fds(wire.socket, [b"\1"], [slow.fileno()])
            except OSError as refused:
                node.refusals.append(f"a socket that lingers: {refused}")
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
            else:
                os.close(slow.detach())
    if node.ask(request("status"))["reply"] != "done":
        node.gained.append("descriptors kept the applier from answering")


def lingering_socket():
    """Whoever closes it last waits for its bytes to be read, which nobody does, ten seconds long."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    made = socket.create_connection(listener.getsockname())
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 10))
    made.setblocking(False)
    held.append(listener)
    try:
        while True:
            made.send(bytes(65536))
    except BlockingIOError:
        return made


held = []  # listeners, until this process ends
