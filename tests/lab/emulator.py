#!/usr/bin/env python3
"""A line with rate, delay, loss and a queue, in user space: kernels without netem cannot delay packets.

Two TUN interfaces in two network namespaces are its ends. Each direction: a queue that drops its tail when it holds more
than --queue-ms of the rate, a sender that takes size/rate per IP packet, loss by chance behind it, then the delay."""
import argparse
import collections
import ctypes
import fcntl
import os
import random
import select
import struct
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
CLONE_NEWNET = 0x40000000
MTU = 1500


class Direction:
    """Pure: says when a packet that came at some moment arrives, and hands it out at that moment."""

    def __init__(self, bytes_per_s, queue_s, delay_s, loss, rng):
        self.bytes_per_s, self.queue_s, self.delay_s, self.loss, self.rng = bytes_per_s, queue_s, delay_s, loss, rng
        self.free_at = 0.0  # when the sender has sent all that it took
        self.due = collections.deque()  # (arrival, packet), in order: the delay is the same for all

    def take(self, packet, now):
        if self.free_at - now > self.queue_s:
            return
        self.free_at = max(self.free_at, now) + len(packet) / self.bytes_per_s
        if self.rng.random() >= self.loss:
            self.due.append((self.free_at + self.delay_s, packet))

    def arrived(self, now):
        while self.due and self.due[0][0] <= now:
            yield self.due.popleft()[1]

    def next_arrival(self):
        return self.due[0][0] if self.due else None


def open_tun(place):
    """`namespace/interface`: makes the interface there."""
    namespace, name = place.split("/")
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"entering {namespace}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def read_all(tun, direction):
    while True:
        try:
            packet = os.read(tun, MTU)
        except BlockingIOError:
            return
        direction.take(packet, time.monotonic())


def write(tun, packet):
    try:
        os.write(tun, packet)
    except OSError:  # the interface is down: lost, as everywhere
        pass


def carry(ends, directions):
    """directions[i] leads from ends[i] to the other end."""
    while True:
        moments = [d.next_arrival() for d in directions if d.next_arrival() is not None]
        rest = max(0.0, min(moments) - time.monotonic()) if moments else None
        readable, _, _ = select.select(ends, [], [], rest)
        for tun in readable:
            read_all(tun, directions[ends.index(tun)])
        for i, direction in enumerate(directions):
            for packet in direction.arrived(time.monotonic()):
                write(ends[1 - i], packet)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ends", nargs=2, metavar="NAMESPACE/INTERFACE")
    parser.add_argument("--mbit", type=float, required=True)
    parser.add_argument("--queue-ms", type=float, default=200)
    parser.add_argument("--delay-ms", type=float, default=0, help="one way")
    parser.add_argument("--loss", type=float, default=0, help="share of packets, each way")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ends = [open_tun(place) for place in options.ends]
    rng = random.Random(options.seed)
    directions = [Direction(options.mbit * 1e6 / 8, options.queue_ms / 1e3, options.delay_ms / 1e3, options.loss, rng)
                  for _ in ends]
    os.nice(-10)  # late packets would be delay that nobody asked for
    print("ready", flush=True)
    carry(ends, directions)


if __name__ == "__main__":
    main()
