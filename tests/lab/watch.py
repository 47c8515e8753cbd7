"""Watches a fleet until all its living devices have the payload, and tells what that took.

Works for every kind of fleet: `members` have received, wan, done, dead, bystander, name and address; `look` refreshes them;
check_installed() waits until those that are done hold the payload, and returns them; `pack_bytes` is what each of them wants."""
import dataclasses
import time

from lab import wait
from lab.schedule import Moment, Schedule
from lab.stall import StallWatch

LOOK_INTERVAL_S = 0.25


class Watch:
    """The clock starts when the devices are told that there is something new."""

    def __init__(self, fleet, topology, faults=()):
        self.fleet, self.topology = fleet, topology
        self.schedule = Schedule(faults, self)
        self.stalls = {m.name: StallWatch() for m in fleet.members}
        self.done_at_s = {}
        self.wall_bytes = 0

    def run(self, deadline_s):
        """Returns the Outcome, also when the deadline came first."""
        wire, streams = self.topology.router.wan_bytes(), self.topology.router.streams()
        self.wan_before = {m.name: m.wan for m in self.fleet.members}
        self.began = time.monotonic()
        self.fleet.start()
        try:
            wait.until("all done", self.tick, deadline_s, LOOK_INTERVAL_S)
        except wait.Late:
            pass  # who is done is in the outcome
        self.last_s = time.monotonic() - self.began
        wire = tuple(now - then for now, then in zip(self.topology.router.wan_bytes(), wire))
        streams = {address: now - streams[address] for address, now in self.topology.router.streams().items()}
        # After the counters: devices finish their own counts while they install.
        installed = self.fleet.check_installed()
        return self.outcome(wire, streams, len(installed))

    def tick(self):
        self.fleet.look()
        now_s = time.monotonic() - self.began
        for member in self.awaited():
            self.stalls[member.name].see(now_s, member.received, member.done)
            if member.done:
                self.done_at_s.setdefault(member.name, now_s)
        share = max(m.received for m in self.fleet.members) / self.fleet.pack_bytes
        self.schedule.tick(Moment(now_s, share))
        return all(m.done for m in self.awaited())

    def awaited(self):
        return [m for m in self.fleet.members if not m.dead and not m.bystander]

    # What the schedule asks for.

    def cut(self):
        self.topology.router.cut()

    def restore(self):
        self.topology.router.restore()

    def kill_leader(self, power):
        return self.fleet.kill_leader(power)

    def stands_at_the_wall(self):
        return self.fleet.stands_at_the_wall()

    def turn_month(self):
        self.wall_bytes = sum(self.topology.router.streams().values())
        self.fleet.turn_month()

    def outcome(self, wire, streams, installed):
        live = self.awaited()
        payload = sum(streams[m.address] if m.dead else min(m.wan - self.wan_before[m.name], streams[m.address])
                      for m in self.fleet.members)
        return Outcome(devices=len(live), installed=installed, payload_bytes=payload,
                       stream_bytes=sum(streams.values()), wire_down_bytes=wire[0], wire_up_bytes=wire[1],
                       last_s=self.last_s, stall_s_max=max((self.stalls[m.name].longest_s for m in live), default=0.0),
                       done_at_s={name: round(at, 1) for name, at in self.done_at_s.items()},
                       wall_bytes=self.wall_bytes, happened=self.schedule.happened, faults_are_over=self.schedule.is_over)


@dataclasses.dataclass
class Outcome:
    """Of the living devices that are no bystanders. payload: what devices count themselves, never more than the router saw
    for each; of the dead all that the router saw. stream: all of TCP, with TLS and metadata. wire: all, with every header."""
    devices: int
    installed: int  # found to hold exactly what was published
    payload_bytes: int
    stream_bytes: int
    wire_down_bytes: int
    wire_up_bytes: int
    last_s: float
    stall_s_max: float
    done_at_s: dict
    wall_bytes: int  # stream since the beginning of time, when the month turned
    happened: list
    faults_are_over: bool
