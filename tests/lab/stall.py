"""The longest time in which a device that had begun and was not done got nothing."""


class StallWatch:
    def __init__(self):
        self.bytes = 0
        self.since = None  # the last time it got something; None: not begun, or done
        self.longest_s = 0.0

    def see(self, now_s, received_bytes, done):
        if self.since is not None:
            self.longest_s = max(self.longest_s, now_s - self.since)
        if received_bytes > self.bytes:
            self.bytes, self.since = received_bytes, now_s
        if done:
            self.since = None
