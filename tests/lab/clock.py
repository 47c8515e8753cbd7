"""A wall clock that programs of ours believe in: theirs is off, by a fixed time or by what a file says now."""
import datetime
import os
import pathlib
import re
import subprocess

UTC = datetime.timezone.utc


def preload(programs, library, program="dunlin-node"):
    """The environment that loads a library into our programs; a sanitizer's runtime insists on being loaded first."""
    libraries = subprocess.run(["ldd", programs / program], check=True, capture_output=True, text=True).stdout
    runtime = re.findall(r"=> (\S*/lib[at]san\.so\.\d+)", libraries)
    return {"LD_PRELOAD": " ".join([*runtime, str(programs / library)])}


def wrong_clock(programs, days, program="dunlin-node"):
    return preload(programs, "dunlin_wrong_clock.so", program) | {"DUNLIN_CLOCK_OFFSET": str(days * 86_400)}


class LabClock:
    """All programs that get `environment` live at another time of the wall clock (UTC), which only goes forward."""

    def __init__(self, programs, folder):
        self.file = pathlib.Path(folder, "clock-offset")
        self.environment = preload(programs, "dunlin_wrong_clock.so") | {"DUNLIN_CLOCK_FILE": str(self.file), "TZ": "UTC"}
        self.offset_s = 0

    def now(self):
        return datetime.datetime.now(UTC) + datetime.timedelta(seconds=self.offset_s)

    def set_to(self, moment):
        self.offset_s = int((moment - datetime.datetime.now(UTC)).total_seconds())
        self.write()

    def write(self):
        new = self.file.with_suffix(".new")
        new.write_text(str(self.offset_s))
        os.replace(new, self.file)


class TimeOfDay(LabClock):
    """A day that is told what time it is."""

    def __init__(self, programs, folder, text):
        super().__init__(programs, folder)
        self.turn_to(text)

    def turn_to(self, text):
        """The next "22:30" from now on."""
        hour, minute = map(int, text.split(":"))
        now = self.now()
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.set_to(moment if moment > now else moment + datetime.timedelta(days=1))


class MonthsEnd(LabClock):
    """Half an hour before a month ends, until it turns."""

    def __init__(self, programs, folder):
        super().__init__(programs, folder)
        next_month = (self.now().replace(day=1) + datetime.timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0)
        self.set_to(next_month - datetime.timedelta(minutes=30))

    def turn(self):
        self.offset_s += 3600
        self.write()
