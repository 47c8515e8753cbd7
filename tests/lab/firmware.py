"""What a bootloader does with its boot variables, in Python, from the formats' descriptions alone: it shares no code
with the programs under test, so that both sides must agree on the bytes (RAUC's scheme; U-Boot and GRUB)."""
import pathlib
import struct
import zlib

ENVIRONMENT_SIZE = 16384
GRUB_SIZE = 1024
GRUB_HEADER = b"# GRUB Environment Block\n"


class Unreadable(Exception):
    """No copy of the environment can be trusted."""


class UBoot:
    """Redundant U-Boot environment in two files: crc32, a flags byte that counts up, name=value strings."""

    def __init__(self, folder, tries=3):
        self.files = [pathlib.Path(folder, "uboot.env"), pathlib.Path(folder, "uboot-redund.env")]
        self.tries = tries

    @staticmethod
    def parse(blob):
        (crc,) = struct.unpack_from("<I", blob)
        data = blob[5:]
        if len(blob) != ENVIRONMENT_SIZE or zlib.crc32(data) != crc:
            return None
        strings = data[:data.index(b"\0\0")].split(b"\0") if data[0] else []
        return blob[4], dict(s.decode().split("=", 1) for s in strings)

    def copies(self):
        return [self.parse(f.read_bytes()) if f.exists() else None for f in self.files]

    def newest(self):
        """(index, flags, variables) of the copy that counts."""
        good = [(i, c[0], c[1]) for i, c in enumerate(self.copies()) if c]
        if not good:
            raise Unreadable(f"{self.files[0]}: both copies are damaged")
        if len(good) == 2 and {good[0][1], good[1][1]} == {0, 255}:
            return next(g for g in good if g[1] == 0)
        return max(good, key=lambda g: (g[1], -g[0]))

    def read(self):
        return self.newest()[2]

    def write(self, variables):
        index, flags, _ = self.newest()
        data = b"".join(f"{k}={v}".encode() + b"\0" for k, v in sorted(variables.items())) + b"\0"
        data = data.ljust(ENVIRONMENT_SIZE - 5, b"\0")
        blob = struct.pack("<IB", zlib.crc32(data), (flags + 1) & 255) + data
        with open(self.files[1 - index], "r+b") as file:
            file.write(blob)

    def choose(self):
        """The first slot of BOOT_ORDER with tries left, one of them used up; None when all are used up (reset)."""
        variables = self.read()
        for name in variables["BOOT_ORDER"].split():
            left = int(variables.get(f"BOOT_{name}_LEFT", "0"), 16)
            if left > 0:
                variables[f"BOOT_{name}_LEFT"] = f"{left - 1:x}"
                self.write(variables)
                return name.lower()
        self.write(variables | {f"BOOT_{name}_LEFT": f"{self.tries:x}" for name in ("A", "B")})
        return None

    def configuration(self, directory="/boot"):
        names = ", ".join(f'"{directory}/{f.name}"' for f in self.files)
        return (f'[boot_control]\nbackend = "uboot"\nenvironment = [{names}]\n'
                f"environment_size = {ENVIRONMENT_SIZE}\n")


class Grub:
    """GRUB environment block: 1024 bytes, header line, name=value lines, filled with #. No checksum."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder, "grub", "grubenv")

    def read(self):
        blob = self.file.read_bytes()
        if len(blob) != GRUB_SIZE or not blob.startswith(GRUB_HEADER):
            raise Unreadable(f"{self.file}: not an environment block")
        lines = [line for line in blob.decode().split("\n") if "=" in line and not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    def write(self, variables):
        text = GRUB_HEADER + b"".join(f"{k}={v}\n".encode() for k, v in variables.items())
        with open(self.file, "r+b") as file:
            file.write(text.ljust(GRUB_SIZE, b"#"))

    def choose(self):
        """The first slot of ORDER that is OK and was not being tried; marks what it passes as being tried."""
        variables = self.read()
        order = variables["ORDER"].split()
        chosen = None
        for name in order:
            good, tried = variables.get(f"{name}_OK") == "1", variables.get(f"{name}_TRY") == "1"
            variables[f"{name}_TRY"] = "1"
            if good and not tried:
                chosen = name.lower()
                break
        if chosen is None:
            for name in order:
                if variables.get(f"{name}_OK") == "1":
                    variables[f"{name}_TRY"] = "0"
        self.write(variables)
        return chosen

    def configuration(self, directory="/boot"):
        return f'[boot_control]\nbackend = "grub"\nenvironment = ["{directory}/grub/grubenv"]\n'


def flash_uboot(folder):
    """A factory's U-Boot environment, made by the real tool: slot a good, slot b empty."""
    from lab.net import run
    environment = UBoot(folder)
    text = "BOOT_A_LEFT=3\nBOOT_B_LEFT=0\nBOOT_ORDER=A\n"
    for file in environment.files:
        run("mkenvimage", "-r", "-s", ENVIRONMENT_SIZE, "-o", file, "-", input=text)
    return environment


def flash_grub(folder):
    """A factory's GRUB environment block, made by the real tool: slot a good, slot b empty."""
    from lab.net import run
    environment = Grub(folder)
    environment.file.parent.mkdir(exist_ok=True)
    run("grub-editenv", environment.file, "create")
    run("grub-editenv", environment.file, "set", "ORDER=A B", "A_OK=1", "A_TRY=0", "B_OK=0", "B_TRY=0")
    return environment
