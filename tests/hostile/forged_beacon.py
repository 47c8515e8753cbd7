"""Beacons as anybody on the LAN can make them, written from docs/swarm.md alone."""
import dataclasses
import hashlib
import socket
import struct

GROUP, PORT = "239.192.77.1", 7711
MAY_USE_WAN = 1
LEADS, CAN_LEAD, COMPLETE = 1, 2, 4
NEVER = 0xFFFFFFFF


def content_key(content_hex):
    return bytes.fromhex(content_hex)[:8]


@dataclasses.dataclass
class Torrent:
    key: bytes  # content_key()
    progress: int = 0
    term: int = 0
    flags: int = 0
    leases: tuple = ()  # (first piece, how many)

    def encode(self):
        head = self.key + struct.pack("<QIBBB", self.progress, self.term, 0, self.flags, len(self.leases))
        return head + b"".join(struct.pack("<IH", *lease) for lease in self.leases)


@dataclasses.dataclass
class Beacon:
    instance: int
    device: str
    peer_port: int = 0
    mirror_port: int = 0
    mirror_version: int = 0
    wan_age: int = NEVER
    torrents: tuple = ()
    site: str = "lab"

    def encode(self):
        text = lambda s: bytes([len(s)]) + s.encode()  # noqa: E731
        body = b"DLB3" + struct.pack("<QHBH", self.instance, self.peer_port, MAY_USE_WAN, 600) + text(self.device) + text(self.site)
        body += struct.pack("<HQHI", self.mirror_port, self.mirror_version, 1, self.wan_age)
        body += bytes([len(self.torrents)]) + b"".join(t.encode() for t in self.torrents)
        return body + hashlib.sha256(body).digest()[:4]


class Speaker:
    """Says beacons to the site's group, from this host's own address."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        self.socket.bind((address, 0))

    def say(self, datagram):
        self.socket.sendto(datagram, (GROUP, PORT))
