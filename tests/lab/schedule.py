"""What happens to a site while something runs in it: cuts of the WAN, deaths of devices.

A plan is a list of faults; `tick` lets those happen that are due. Time is counted from the start of the plan, progress is
the share of the payload that the site's first device has."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Cut:
    """The WAN of the site carries nothing for a while, from a time or from a share of progress on."""
    for_s: float
    at_s: float = 0
    at_share: float = 0


@dataclasses.dataclass(frozen=True)
class LeaderDies:
    """Whoever reads the WAN at that share of progress is killed for good. `power`: its link goes first, so that
    nobody gets a farewell from its kernel."""
    at_share: float
    power: bool = False


@dataclasses.dataclass(frozen=True)
class MonthTurns:
    """When the site has stood at the wall of its data budget for a while, a new month begins."""
    standing_s: float = 10


@dataclasses.dataclass(frozen=True)
class Moment:
    """What the plan looks at."""
    now_s: float
    share: float


class Schedule:
    """`world` does what the faults say: cut(), restore(), kill_leader(power) -> whether there was one to kill,
    stands_at_the_wall(), turn_month()."""

    def __init__(self, faults, world):
        self.world = world
        self.cuts = sorted((f for f in faults if isinstance(f, Cut)), key=lambda f: (f.at_s, f.at_share))
        self.deaths = sorted((f for f in faults if isinstance(f, LeaderDies)), key=lambda f: f.at_share)
        self.months = [f for f in faults if isinstance(f, MonthTurns)]
        self.standing_since_s = None
        self.restore_at = None
        self.happened = []  # (now_s, words)

    def tick(self, moment):
        if self.restore_at is not None and moment.now_s >= self.restore_at:
            self.restore_at = None
            self.world.restore()
            self.note(moment, "WAN is back")
        if self.restore_at is None and self.cuts and self.is_due(self.cuts[0], moment):
            self.cut(self.cuts.pop(0), moment)
        if self.deaths and moment.share >= self.deaths[0].at_share:
            name = self.world.kill_leader(self.deaths[0].power)
            if name:
                self.deaths.pop(0)
                self.note(moment, f"{name}, which led, is dead")

        if self.months:
            self.look_at_the_wall(moment)

    def look_at_the_wall(self, moment):
        if not self.world.stands_at_the_wall():
            self.standing_since_s = None
            return
        if self.standing_since_s is None:
            self.standing_since_s = moment.now_s
        if moment.now_s - self.standing_since_s >= self.months[0].standing_s:
            self.months.pop(0)
            self.world.turn_month()
            self.note(moment, "a new month")

    @staticmethod
    def is_due(cut, moment):
        return moment.now_s >= cut.at_s and moment.share >= cut.at_share

    def cut(self, cut, moment):
        self.restore_at = moment.now_s + cut.for_s
        self.world.cut()
        self.note(moment, f"WAN cut for {cut.for_s:g} s")

    def note(self, moment, words):
        self.happened.append((round(moment.now_s, 1), words))

    @property
    def is_over(self):
        return not self.cuts and not self.deaths and not self.months and self.restore_at is None
