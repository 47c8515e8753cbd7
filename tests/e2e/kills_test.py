#!/usr/bin/env python3
"""kill -9 of node, applier or seeder at random moments of a transfer and install. The killed program is started again
at once; the site must converge to v2, the slots must hold exactly the signed image, and no boot may ever meet an
incomplete one. The moments are spread over the length of an undisturbed run."""
import random
import sys
import time

import small_site
from lab import cage, wait
from small_site import SmallSite, V2


class Kills:
    def __init__(self, chosen):
        self.seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(1 << 32)
        self.rng = random.Random(self.seed)
        self.runs = chosen.runs
        self.site = SmallSite(chosen.programs, wan_mbit=30, keep=chosen.keep)
        self.site.publish(V2)
        self.site.seeder.start()

    def one_run(self, number, disturb):
        """Two fresh devices take v2; disturb(devices, started) is called once they are on."""
        site = self.site
        site.devices = [site.device(boot) for boot in (("uboot", "grub") if number % 2 else ("grub", "uboot"))]
        started = time.monotonic()
        for device in site.devices:
            device.power_on()
        disturb(site.devices, started)
        for device in site.devices:
            site.assert_updated(device, 120)
            device.power_off()
            if None in device.boots:
                raise AssertionError(f"{device.name}: a boot failed: {device.boots}")
        return time.monotonic() - started

    def kill_one(self, length):
        """The disturbance of one run, and words for it."""
        victim = self.rng.choice(("node", "applier", "seeder"))
        moment = self.rng.uniform(0, length)

        def disturb(devices, started):
            wait.pause(max(0.0, started + moment - time.monotonic()))
            if victim == "seeder":
                self.site.seeder.kill()
                self.site.seeder.start()
                return
            with devices[0].lock:
                if victim in devices[0].processes:
                    devices[0].processes[victim].kill()
        return f"{victim} killed after {moment:.2f} s", disturb

    def run(self):
        print(f"seed {self.seed}, {self.runs} runs", flush=True)
        length = self.one_run(0, lambda devices, started: None)
        print(f"undisturbed: {length:.1f} s", flush=True)
        for number in range(1, self.runs + 1):
            words, disturb = self.kill_one(length)
            try:
                took = self.one_run(number, disturb)
            except (AssertionError, RuntimeError, wait.Late) as error:
                print(f"run {number}: {words}: {error}")
                return 1
            print(f"run {number}: {words}: {V2} after {took:.1f} s", flush=True)
        self.site.close()
        print("ok")
        return 0


if __name__ == "__main__":
    options = small_site.options()
    cage.enter()
    sys.exit(Kills(options).run())
