"""All devices of a topology fetch one file with another tool."""
import dataclasses
import math
import os
import pathlib

from lab.fleet import random_file
from lab.foreign.tools import TOOLS
from lab.net import inside
from lab.process import Process


@dataclasses.dataclass
class Member:
    host: object
    number: int
    file: pathlib.Path
    process: object = None
    received: int = 0
    done: bool = False
    dead: bool = False
    bystander: bool = False

    @property
    def name(self):
        return self.host.name

    @property
    def address(self):
        return self.host.address

    @property
    def wan(self):
        """Tools do not say what came from where: the router's count stands for it."""
        return math.inf if self.process else 0

    def on_disk(self):
        for path in (self.file, self.file.with_name(self.file.name + ".part")):
            if path.exists():
                return path.stat().st_blocks * 512
        return 0


class ForeignFleet:
    def __init__(self, tool, topology, folder, payload_bytes):
        server = pathlib.Path(folder, "server")
        server.mkdir()
        self.pack_bytes = self.image_bytes = payload_bytes
        self.content = random_file(server / "payload.bin", payload_bytes, 2)
        self.tool = TOOLS[tool](topology.server, self.content, folder)
        self.members = []
        for number, host in enumerate(topology.hosts, 1):
            place = pathlib.Path(folder, host.name)
            place.mkdir()
            self.members.append(Member(host, number, place / self.content.name))

    def power_on(self):
        self.tool.serve()

    def start(self):
        for member in self.members:
            argv = [*inside(member.name), *self.tool.argv(member.file, member.number)]
            home = member.file.parent
            member.process = Process(member.name, argv, home / "tool.log", os.environ | {"HOME": str(home)})

    def look(self):
        for member in self.members:
            member.received = max(member.received, member.on_disk())
            member.done = member.done or (member.received > 0 and self.tool.is_done(member.file, member.process))

    def check_installed(self):
        """The devices that hold exactly the payload."""
        content = self.content.read_bytes()
        return [m for m in self.members if m.done and m.file.read_bytes() == content]

    @staticmethod
    def memory_groups():
        return []

    @staticmethod
    def more():
        return {}

    def power_off(self):
        for process in [m.process for m in self.members if m.process] + self.tool.processes:
            process.kill()
