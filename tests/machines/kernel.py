"""Debian's kernel for the machines, out of its package: nothing is installed on the machine that runs the tests.

The package is unpacked once into a cache folder; a stamp in it says which package it was made from."""
import pathlib
import re
import shutil

from lab.net import run

PACKAGE = "linux-image-amd64"
# What a machine needs before it can read its root, and what its programs need later; each brings what it depends on.
MODULES = ("virtio_pci", "virtio_blk", "virtio_net", "virtio_rng", "squashfs", "ext4", "crc32c_generic", "vfat", "nls_ascii",
           "nls_cp437", "i6300esb")
# Of the package's hundreds of MB; what MODULES need lies below these.
KEPT = ("./boot/vmlinuz-*", "./lib/modules/*/modules.*", "./lib/modules/*/kernel/arch/*", "./lib/modules/*/kernel/crypto/*",
        "./lib/modules/*/kernel/lib/*", "./lib/modules/*/kernel/fs/*", "./lib/modules/*/kernel/net/core/*",
        *(f"./lib/modules/*/kernel/drivers/{name}/*" for name in ("block", "char", "net", "virtio", "watchdog")))


class Kernel:
    """`vmlinuz`, and `modules`: paths of module files in the order in which they must be loaded."""

    def __init__(self, cache):
        self.folder = pathlib.Path(cache) / "kernel"
        try:
            package = self.ready()
        except RuntimeError:  # lists that are missing, or name what the mirror has no more
            run("apt-get", "-q", "update")
            package = self.ready()
        self.release = package.removeprefix("linux-image-").split("=")[0]
        self.vmlinuz = self.folder / "boot" / f"vmlinuz-{self.release}"
        self.modules = self.ordered()

    def ready(self):
        """Unpacks the newest package unless that was done before; says which it is."""
        package, stamp = self.newest(), self.folder / "made-from"
        if not stamp.exists() or stamp.read_text() != package:
            self.unpack(package)
            stamp.write_text(package)
        return package

    @staticmethod
    def newest():
        """Package and version that Debian's metapackage stands for, "linux-image-6.1.0-56-amd64=6.1.192-2"."""
        name = re.search(r"^\s*Depends: (linux-image-\S+)", run("apt-cache", "depends", "--important", PACKAGE), re.M)
        if not name:
            raise RuntimeError(f"apt knows no {PACKAGE}: run apt-get update")
        version = re.search(r"^\s*Candidate: (\S+)", run("apt-cache", "policy", name.group(1)), re.M)
        return f"{name.group(1)}={version.group(1)}"

    def unpack(self, package):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        run("apt-get", "-q", "-oAcquire::Retries=3", "-oAPT::Sandbox::User=root", "download", package, cwd=self.folder)
        (deb,) = self.folder.glob("*.deb")
        run("sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x --wildcards "$@"', deb, *KEPT, cwd=self.folder)
        deb.unlink()
        run("depmod", "-b", self.folder, package.removeprefix("linux-image-").split("=")[0])

    def ordered(self):
        lines = run("modprobe", "-d", self.folder, "-S", self.release, "--show-depends", "-a", *MODULES).splitlines()
        paths = dict.fromkeys(line.split()[1] for line in lines if line.startswith("insmod "))
        return [pathlib.Path(path) for path in paths if "intel" not in path]  # for instructions that QEMU does not model
