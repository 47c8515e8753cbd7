"""What a site costs while nothing happens in it."""
from lab import wait


SETTLE_S = 30  # after an update the last device has started again, and the others answer it for a while


def measure(fleet, seconds):
    """Over that time, of the living devices: the busiest one's bytes per second on its link, both ways together, Ethernet
    headers included, and the largest node in memory at the end."""
    live = [m for m in fleet.members if not m.dead]
    wait.pause(SETTLE_S)
    before = [sum(m.device.host.counters()) for m in live]
    wait.pause(seconds)
    after = [sum(m.device.host.counters()) for m in live]
    rss_kib = [m.device.processes["node"].rss_kib() for m in live]
    return {"idle_bytes_per_s": round(max(now - then for now, then in zip(after, before)) / seconds),
            "idle_rss_mib": round(max(rss_kib) / 1024, 1)}
