"""Disks as they could be after a power cut: everything up to a flush, and any part of what was written after it."""
import itertools

SUBSETS_OF = 8      # all subsets of at most so many pending writes
CHOSEN = 40         # beyond: so many random subsets of an epoch, besides prefixes and all but one
PREFIXES = 40       # evenly spread, of a long epoch
TORN = 12           # variants of an epoch in which sectors of one write are lost each by chance


def choices(writes, rng):
    """Tuples of (write number, sectors kept or None for all): which of an epoch's pending writes reached the medium."""
    numbers = range(len(writes))
    if len(writes) <= SUBSETS_OF:
        for count in range(len(writes) + 1):
            yield from (tuple((n, None) for n in kept) for kept in itertools.combinations(numbers, count))
    else:
        for end in sorted({len(writes) * i // PREFIXES for i in range(PREFIXES + 1)}):
            yield tuple((n, None) for n in range(end))
        for left_out in rng.sample(numbers, min(len(writes), PREFIXES)):
            yield tuple((n, None) for n in numbers if n != left_out)
        for _ in range(CHOSEN):
            yield tuple((n, None) for n in numbers if rng.random() < 0.5)
    yield from torn(writes, rng)


def torn(writes, rng):
    long = [n for n, write in enumerate(writes) if len(write.content) > 512]
    for _ in range(TORN if long else 0):
        victim = rng.choice(long)
        kept = frozenset(s for s in writes[victim].sectors if rng.random() < 0.5)
        yield (*((n, None) for n in range(victim)), (victim, kept))


def overlay(writes, choice):
    """{sector: 512 bytes} that the choice puts over what is durable."""
    found = {}
    for number, kept in choice:
        sectors = writes[number].sectors
        found.update(sectors if kept is None else {s: sectors[s] for s in kept})
    return found


class DurableDisk:
    """The medium, sector by sector, with what slots differ from releases kept up to date."""

    def __init__(self, file, slots, releases):
        """`slots`: {name: first sector}."""
        self.content = bytearray(file.read_bytes())
        self.slots, self.releases = slots, releases
        self.wrong = {(slot, r.version): {i for i in range(len(r.image) // 512) if self.at(start + i) != piece(r, i)}
                      for slot, start in slots.items() for r in releases}

    def at(self, sector):
        return self.content[sector * 512:sector * 512 + 512]

    def keep(self, writes):
        for write in writes:
            start = write.sector * 512
            self.content[start:start + len(write.content)] = write.content
            for slot, release in self.touched(write):
                self.compare(self.wrong[slot, release.version], self.slots[slot], release, write.sectors)

    def touched(self, write):
        for slot, start in self.slots.items():
            for release in self.releases:
                if write.sector < start + len(release.image) // 512 and write.sector + len(write.content) // 512 > start:
                    yield slot, release

    @staticmethod
    def compare(wrong, start, release, sectors):
        for sector, content in sectors.items():
            if 0 <= (number := sector - start) < len(release.image) // 512:
                (wrong.discard if content == piece(release, number) else wrong.add)(number)

    def slot_release(self, slot, over):
        """The release that the slot holds whole when `over` lies over the medium."""
        for release in self.releases:
            wrong, start = self.wrong[slot, release.version], self.slots[slot]
            here = {s: c for s, c in over.items() if 0 <= s - start < len(release.image) // 512}
            if here:
                wrong = set(wrong)
                self.compare(wrong, start, release, here)
            if not wrong:
                return release
        return None

    def read(self, at, size, over):
        """Bytes of the disk with `over` on it."""
        first, end = at // 512, (at + size + 511) // 512
        hits = [s for s in over if first <= s < end]
        if not hits:
            return bytes(self.content[at:at + size])
        part = bytearray(self.content[first * 512:end * 512])
        for sector in hits:
            part[(sector - first) * 512:(sector - first + 1) * 512] = over[sector]
        return bytes(part[at - first * 512:at - first * 512 + size])


def piece(release, number):
    return release.image[number * 512:number * 512 + 512]
