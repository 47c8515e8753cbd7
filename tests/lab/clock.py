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


class MonthsEnd:
    """All programs that get `environment` live half an hour before a month ends (UTC), until it turns."""

    def __init__(self, programs, folder):
        self.file = pathlib.Path(folder, "clock-offset")
        self.environment = preload(programs, "dunlin_wrong_clock.so") | {"DUNLIN_CLOCK_FILE": str(self.file), "TZ": "UTC"}
        now = datetime.datetime.now(UTC)
        next_month = (now.replace(day=1) + datetime.timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0)
        self.offset_s = int((next_month - now).total_seconds()) - 1800
        self.write()

    def turn(self):
        self.offset_s += 3600
        self.write()

    def write(self):
        new = self.file.with_suffix(".new")
        new.write_text(str(self.offset_s))
        os.replace(new, self.file)
