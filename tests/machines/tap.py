"""A port of a lab switch for a virtual machine."""
from lab.net import run


class Tap:
    """QEMU runs in the switch's namespace, where the interface lies."""

    def __init__(self, switch):
        switch.links += 1
        self.number, self.namespace = switch.links, switch.name
        self.interface, self.address = f"tap{self.number}", switch.address(self.number)
        self.mac = f"52:54:00:77:{self.number >> 8:02x}:{self.number & 255:02x}"
        run("ip", "-n", self.namespace, "tuntap", "add", "dev", self.interface, "mode", "tap")
        run("ip", "-n", self.namespace, "link", "set", self.interface, "master", "br0", "up")
