"""Waiting for a condition, never for a time: every wait has a deadline and says what it waited for."""
import threading
import time


class Late(Exception):
    """A condition did not come true before its deadline."""


_tick = threading.Event()  # never set: lets a thread rest between two looks


def pause(seconds):
    """The rest between two looks at something that cannot tell by itself that it changed."""
    _tick.wait(seconds)


def until(what, condition, deadline_s=30, interval_s=0.05):
    """Returns the condition's first true value; raises Late after deadline_s."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Late(f"not within {deadline_s} s: {what}")
        pause(interval_s)
