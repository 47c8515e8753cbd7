"""Every crash state of a recorded update, judged without booting it."""
import random

from machines.crash_states import DurableDisk, choices, overlay
from machines.disk_image import PARTITIONS, SECTOR
from machines.judge import Incomplete, Judge, Unbootable
from machines.write_log import epochs

FAULTS = ("unbootable", "incomplete", "nonconverging")
SLOTS = {slot: PARTITIONS[f"root-{slot}"].start // SECTOR for slot in "ab"}


class State:
    """What a disk held after a power cut: all of the epochs before, and of that epoch `over` = {sector: its bytes}."""

    def __init__(self, number, epoch, writes, choice):
        self.number, self.epoch, self.over = number, epoch, overlay(writes, choice)
        self.torn = any(kept is not None for _, kept in choice)
        self.words = f"{len(choice)} of {len(writes)} writes{', one of them torn' if self.torn else ''}"
        self.verdict, self.fault = None, ""

    def __str__(self):
        return f"state {self.number}, after flush {self.epoch}, {self.words}"


class RememberingJudge(Judge):
    """Hashes a boot file again only when the boot partition may be another one: `place` names what it is, or is None."""

    def __init__(self, releases, folder):
        super().__init__(releases, folder)
        self.known, self.place = {}, None

    def digest_of(self, fat, name):
        if self.place is None:
            return super().digest_of(fat, name)
        if (name, self.place) not in self.known:
            self.known[name, self.place] = super().digest_of(fat, name)
        return self.known[name, self.place]


class Exploration:
    """States in the same order for the same log and seed. `forgetful`: as if the machine had never flushed."""

    def __init__(self, before, log, releases, seed, forgetful=False):
        self.log, self.releases, self.forgetful = log, releases, forgetful
        self.disk, self.judge = DurableDisk(before, SLOTS, releases), RememberingJudge(releases, before.parent)
        self.chance = random.Random(seed)
        self.counts = {"states": 0} | dict.fromkeys(FAULTS, 0)

    def states(self):
        """Each state, judged: with a verdict (slot, version), or with a fault and its name counted."""
        for epoch, writes in enumerate(self.epochs()):
            boot = PARTITIONS["boot"]
            in_boot = {s for w in writes for s in w.sectors if boot.start <= s * SECTOR < boot.start + boot.size}
            for choice in choices(writes, self.chance):
                self.counts["states"] += 1
                state = State(self.counts["states"], epoch, writes, choice)
                self.judge.place = epoch if in_boot.isdisjoint(state.over) else None
                self.look_at(state)
                yield state
            self.disk.keep(writes)

    def epochs(self):
        if self.forgetful:
            return [[write for writes in epochs(self.log) for write in writes]]
        return epochs(self.log)

    def look_at(self, state):
        try:
            state.verdict = self.judge.verdict(lambda at, size: self.disk.read(at, size, state.over),
                                               lambda slot: self.disk.slot_release(slot, state.over))
        except Unbootable as fault:
            self.note("unbootable", state, fault)
        except Incomplete as fault:
            self.note("incomplete", state, fault)

    def note(self, kind, state, fault):
        self.counts[kind] += 1
        state.fault = f"{kind}: {state}: {fault}"


def sample(states, count, seed):
    """So many of them by chance, half of them torn, without keeping them all."""
    chance, seen, kept = random.Random(seed), {True: 0, False: 0}, {True: [], False: []}
    for state in states:
        group, room = kept[state.torn], count // 2 if state.torn else count - count // 2
        seen[state.torn] += 1
        if len(group) < room:
            group.append(state)
        elif (place := chance.randrange(seen[state.torn])) < room:
            group[place] = state
    return kept[True] + kept[False]
