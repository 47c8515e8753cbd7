#!/usr/bin/env python3
"""A host on the LAN that nobody invited. Reads its task from the command line (JSON), writes a line of JSON with what it
could do whenever a line comes in on stdin, and goes on until stdin ends."""
import json
import os
import random
import socket
import struct
import sys
import threading

from forged_beacon import CAN_LEAD, COMPLETE, LEADS, Beacon, Speaker, Torrent, content_key
from lying_mirrors import LyingMirror, WAYS, reader

PACE_S, FLOOD_PACE_S = 0.3, 0.001
FAR_AHEAD = 1 << 40


class Stalling:
    """A peer that takes connections, shakes hands as BitTorrent does when asked, and then gives nothing."""

    def __init__(self):
        self.listener = socket.create_server(("0.0.0.0", 0), backlog=64)
        self.port, self.connections, self.asked = self.listener.getsockname()[1], [], 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            self.asked += 1
            self.connections.append(connection)
            threading.Thread(target=self.shake_hands, args=(connection,), daemon=True).start()

    @staticmethod
    def shake_hands(connection):
        try:
            hello = connection.recv(68, socket.MSG_WAITALL)
            # The same torrent, another peer id; then "I have all" (fast extension) and silence.
            connection.sendall(hello[:48] + os.urandom(20) + struct.pack(">IB", 1, 14) + struct.pack(">IB", 1, 1))
            while connection.recv(65536):
                pass
        except OSError:
            pass


class Stranger:
    def __init__(self, task):
        self.task, self.said = task, 0
        self.rng = random.Random(task["seed"])
        self.speaker = Speaker(task["addresses"][0])
        self.keys = [content_key(content) for content in task["contents"]]
        self.peer = Stalling()
        folders = {name: reader(folder) for name, folder in task["repositories"].items()}
        self.mirrors = [LyingMirror(way, folders) for way in (WAYS if "mirrors" in task["roles"] else ())]
        # Each speaks from an address of its own: devices pass over addresses, not names.
        self.voices = [Speaker(address) for address in task["addresses"][1:]]

    def beacons(self):
        """One round of what it says."""
        roles = self.task["roles"]
        if "leader-ahead" in roles or "leader-growing" in roles:
            # The lowest name and the highest term there is, leases on everything; progress is far or never ends.
            progress = FAR_AHEAD if "leader-ahead" in roles else self.said
            lies = tuple(Torrent(key, progress, 0xFFFFFFFE, LEADS | CAN_LEAD, ((0, 0xFFFF),)) for key in self.keys)
            yield Beacon(1, "0-leader", self.peer.port, torrents=lies).encode()
        if "complete" in roles:
            for number in range(4):
                has = tuple(Torrent(key, FAR_AHEAD, 1, COMPLETE) for key in self.keys)
                yield Beacon(10 + number, f"complete-{number}", self.peer.port, torrents=has).encode()
        if "flood" in roles:
            for _ in range(200):
                yield self.rng.randbytes(self.rng.randrange(1, 1300))
                name = f"crowd-{self.rng.randrange(1 << 30)}"
                crowd = tuple(Torrent(self.rng.randbytes(8), self.rng.randrange(1 << 40), 9, LEADS) for _ in range(30))
                yield Beacon(self.rng.randrange(1 << 60), name, 1 + self.rng.randrange(65000), 1, 5, torrents=crowd).encode()

    def talk(self, stop):
        while not stop.wait(PACE_S):
            for voice, (number, mirror) in zip(self.voices, enumerate(self.mirrors)):
                voice.say(Beacon(100 + number, f"mirror-{mirror.way}", mirror_port=mirror.port, mirror_version=FAR_AHEAD - number,
                                 wan_age=0).encode())
            for datagram in self.beacons():
                self.speaker.say(datagram)
                self.said += 1
                if stop.wait(FLOOD_PACE_S):
                    return

    def account(self):
        return {"said": self.said, "peer": self.peer.asked, "mirrors": {m.way: m.asked for m in self.mirrors}}


def main():
    stranger, stop = Stranger(json.loads(sys.argv[1])), threading.Event()
    talker = threading.Thread(target=stranger.talk, args=(stop,))
    talker.start()
    for _ in sys.stdin:
        print(json.dumps(stranger.account()), flush=True)
    stop.set()
    talker.join()


if __name__ == "__main__":
    main()
