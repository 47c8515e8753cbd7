#!/usr/bin/env python3
"""When a site may use its WAN and its LAN, and how much of them: hours open and close the WAN, rates hold on the wire, only
so many devices take content at a time, and a device on a metered link leaves the WAN to another one.

Rates are only held against a limit from above, so a machine that is slow cannot fail them."""
import time
import unittest

import small_site
from lab import cage, wait
from lab.clock import TimeOfDay
from lab.fleet import Fleet
from lab.topology import Layout, Line, Topology

PAYLOAD_BYTES = 4_000_000 // 4096 * 4096
METADATA_BYTES_MAX = 32 * 1024  # of one device: torrent, release, handshakes
# Lost with the requests of a device that has to leave the WAN: what the line and the kernel still hold, parts of pieces.
UNDER_WAY_BYTES_MAX = 384 * 1024
REST_S = 4  # a site needs less to choose a leader and to read its first piece
LOOK_INTERVAL_S = 0.1
DEADLINE_S = 120
# With a limit: what the kernel took in for two requests and nobody read yet, and half a second of libtorrent's quota.
AHEAD_BYTES_MAX = 512 * 1024
HEADERS = 1.1  # of Ethernet, IP, TCP and TLS, at most


class Flow:
    """Bytes of a counter, on the wire; the clock runs when more than metadata has come."""

    def __init__(self, kbit, counter):
        self.kbit, self.counter = kbit, counter
        self.first, self.began, self.beyond = counter(), time.monotonic(), 0

    def look(self):
        now, came = time.monotonic(), self.counter() - self.first
        if came < 2 * METADATA_BYTES_MAX:
            self.began = now
        self.beyond = max(self.beyond, round(came - self.kbit * 125 * HEADERS * (now - self.began)))


class WanRulesTest(unittest.TestCase):
    def power_on(self, prefix, layout, swarm="", clock=None, own_settings=None):
        """A fleet that rests, and does not know yet of its update."""
        self.topology = Topology(layout, self.folder, prefix)
        environment = clock.environment if clock else {}
        self.fleet = Fleet(small_site.options().programs, self.topology, self.folder, PAYLOAD_BYTES,
                           {"swarm": swarm, "environment": environment}, own_settings, environment)
        self.addCleanup(self.fleet.power_off)
        self.fleet.power_on()
        self.before = self.wan_bytes()

    def setUp(self):
        self.folder = cage.folder()

    # Looking.

    def wan_bytes(self):
        return sum(self.topology.router.streams().values())

    def wait_until(self, what, condition, deadline_s=DEADLINE_S, interval_s=LOOK_INTERVAL_S):
        def look():
            self.fleet.look()
            return condition(self.fleet.members)
        return wait.until(what, look, deadline_s, interval_s)

    def wait_until_all(self, what, condition):
        return self.wait_until(what, lambda members: all(condition(m.status) for m in members))

    def stands(self):
        """Waits until nothing has come over the WAN for longer than the site would need to begin."""
        seen = {"bytes": self.wan_bytes(), "at": time.monotonic()}
        def rests(_members):
            now = self.wan_bytes()
            if now > seen["bytes"] + METADATA_BYTES_MAX:
                seen.update(bytes=now, at=time.monotonic())
            return time.monotonic() - seen["at"] > REST_S
        self.wait_until("the WAN is left alone", rests)

    def assert_read_once(self, departures=0):
        """All have all of it, and the WAN carried it once, but for what was under way when a device left the WAN."""
        self.wait_until("all done", lambda members: all(m.done for m in members))
        devices = len(self.fleet.members)
        self.assertEqual(len(self.fleet.check_installed()), devices)
        read = self.wan_bytes() - self.before
        print(f"{read} bytes of {self.fleet.pack_bytes} over the WAN, {departures} departures")
        self.assertLessEqual(read, 1.02 * self.fleet.pack_bytes + 2 * devices * METADATA_BYTES_MAX + departures * UNDER_WAY_BYTES_MAX)

    # What holds.

    def test_hours_open_and_close_the_wan(self):
        clock = TimeOfDay(small_site.options().programs, self.folder, "12:00")
        self.power_on("a-", Layout(devices=2, wan=Line(mbit=4)), '[wan]\nhours = ["22:00-06:00"]', clock)
        self.fleet.start()
        self.wait_until_all("fetches, and waits for its hours", lambda s: s["phase"] == "fetching" and s["wan_state"] == "hours")
        self.stands()
        self.assertLess(self.wan_bytes() - self.before, 2 * METADATA_BYTES_MAX)
        for member in self.fleet.members:
            self.assertIn("22:00", member.status["wan_reason"])
            self.assertEqual(member.received, 0)

        clock.turn_to("23:30")
        self.wait_until("has a part", lambda members: all(m.received > PAYLOAD_BYTES / 5 for m in members))
        clock.turn_to("06:30")
        self.wait_until_all("waits for its hours again", lambda s: s["wan_state"] == "hours")
        self.stands()
        for member in self.fleet.members:
            self.assertLess(member.received, PAYLOAD_BYTES, "the line is too slow for all of it by then")

        clock.turn_to("22:00")
        self.assert_read_once(departures=1)

    def test_rates_hold_on_the_wire(self):
        reads = {"swarm": "upload_kbit = 1600\n[wan]\ndownload_kbit = 2400"}
        self.power_on("b-", Layout(devices=2, wan=Line(mbit=16)),
                      own_settings=lambda number: reads if number == 1 else {"wan": "never"})
        reader, taker = self.fleet.members
        self.fleet.start()

        down = Flow(2400, lambda: self.topology.router.wan_bytes()[0])
        up = Flow(1600, lambda: reader.device.host.counters()[1])
        def look(_members):
            down.look(), up.look()
            return taker.done
        self.wait_until("the taker has all of it", look)

        print(f"most beyond {down.kbit} kbit/s down: {down.beyond} bytes, beyond {up.kbit} kbit/s up: {up.beyond}")
        self.assertLess(down.beyond, AHEAD_BYTES_MAX)
        self.assertLess(up.beyond, AHEAD_BYTES_MAX)
        self.assert_read_once()

    def test_only_so_many_devices_take_content_at_a_time(self):
        """Whoever got bytes in two looks, one after the other, was at it between them."""
        self.power_on("c-", Layout(devices=4, wan=Line(mbit=8), lan_mbit=8), "transfers_max = 2")
        received, grew, together, queued = {}, set(), [], set()
        def look(members):
            nonlocal grew
            now = {m.name for m in members if m.received > received.get(m.name, 0)}
            received.update({m.name: m.received for m in members})
            together.append(len(now & grew))
            queued.update(m.name for m in members if m.role == "queued" and "transfers_max" in m.status["role_reason"])
            grew = now
            return all(m.done for m in members)

        self.fleet.start()
        self.wait_until("all done", look, interval_s=1)

        self.assertEqual(max(together), 2, together)
        self.assertGreaterEqual(len(queued), 2)
        self.assert_read_once()  # whoever is done stays up for those whose turn comes

    def test_a_metered_leader_leaves_the_wan_to_another_device(self):
        hints = lambda number: self.folder / f"hints-{number}"
        self.power_on("d-", Layout(devices=2, wan=Line(mbit=2)),
                      own_settings=lambda number: {"swarm": f'[wan]\nhints_dir = "{hints(number)}"'})
        self.fleet.start()
        first = self.wait_until("somebody leads and reads",
                                lambda _: self.fleet.leader() if self.fleet.leader() and self.fleet.leader().received > 0 else None)

        folder = hints(self.fleet.members.index(first) + 1)
        folder.mkdir()
        (folder / "metered").write_text("yes\n")
        second = self.wait_until("another one leads", lambda _: self.fleet.leader() if self.fleet.leader() not in (None, first) else None)

        self.assertEqual(first.status["wan_reluctant"], "metered")
        self.assertIsNone(second.status["wan_reluctant"])
        self.assertFalse(second.done)
        self.assert_read_once(departures=1)
        self.assertGreater(second.wan, 0)


if __name__ == "__main__":
    small_site.main()
