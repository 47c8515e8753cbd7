"""The machine's root file system: a squashfs with busybox, our programs and their libraries, and the kernel and initrd
that belong to it (the applier copies those two to the boot partition). A release differs from another in its version,
in its self-tests and in some content."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from lab.net import run

HERE = pathlib.Path(__file__).parent
PROGRAMS = ("dunlin-node", "dunlin-applier", "dunlin-seeder")
BUSYBOX = "/bin/busybox"
FILE_SYSTEM_CHECK = "/sbin/e2fsck"
FOLDERS = ("bin", "dev", "proc", "sys", "run", "tmp", "data", "boot", "etc", "lib64", "usr/bin", "usr/lib", "mnt")
PAYLOAD_BYTES = 1 << 20


class RootImages:
    """Makes images below `folder`; what they have in common is put together once."""

    def __init__(self, programs, kernel, folder):
        self.folder, self.tree = pathlib.Path(folder), pathlib.Path(folder) / "tree"
        self.boot_files = self.tree / "usr/lib"
        for name in FOLDERS:
            (self.tree / name).mkdir(parents=True)
        install_busybox(self.tree)
        for program in PROGRAMS:
            run("strip", "-o", self.tree / "usr/bin" / program, pathlib.Path(programs, program))
        shutil.copy(FILE_SYSTEM_CHECK, self.tree / "usr/bin")
        copy_libraries([FILE_SYSTEM_CHECK, *(pathlib.Path(programs, program) for program in PROGRAMS)], self.tree)
        shutil.copytree(HERE / "root", self.tree, dirs_exist_ok=True)
        for script in (self.tree / "sbin").iterdir():
            script.chmod(0o755)
        (self.tree / "sbin/init").symlink_to("../bin/busybox")
        for name in ("node.toml", "applier.toml"):
            (self.tree / "etc/dunlin" / name).symlink_to(f"/data/etc/{name}")
        shutil.copy(kernel.vmlinuz, self.boot_files / "vmlinuz")
        make_initrd(kernel, self.folder / "initrd", self.boot_files / "initrd.img")

    def make(self, version, self_tests=None):
        """An image of that version; `self_tests` are {name: shell script} beside the standard one."""
        release = self.folder / f"tree-{version}"
        run("cp", "-al", self.tree, release)
        write(release / "etc/dunlin-release", f"VERSION={version}\n")
        write(release / "usr/lib/payload", hashlib.shake_256(version.encode()).digest(PAYLOAD_BYTES))
        for name, text in (self_tests or {}).items():
            write(release / "etc/dunlin/self-test.d" / name, text)
        for test in (release / "etc/dunlin/self-test.d").iterdir():
            test.chmod(0o755)
        image = self.folder / f"{version}.squashfs"
        run("mksquashfs", release, image, "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "3", "-all-root",
            "-no-xattrs", "-all-time", "0", "-mkfs-time", "0", "-noappend", "-b", "131072")
        shutil.rmtree(release)
        return image


def write(path, content):
    """A new file, also where a hard link of the common tree was."""
    path.unlink(missing_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def install_busybox(tree):
    shutil.copy(BUSYBOX, tree / "bin/busybox")
    for applet in run(BUSYBOX, "--list").split():
        if applet != "busybox":
            (tree / "bin" / applet).symlink_to("busybox")


def copy_libraries(programs, tree):
    paths = set(re.findall(r"(/\S+) \(0x", "".join(run("ldd", program) for program in programs)))
    for path in sorted(paths):
        target = tree / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(path), target)


def make_initrd(kernel, tree, image):
    for name in ("bin", "dev", "proc", "sys", "root", "modules"):
        (tree / name).mkdir(parents=True)
    install_busybox(tree)
    for number, module in enumerate(kernel.modules):
        shutil.copy(module, tree / "modules" / f"{number:02}-{module.name}")
    shutil.copy(HERE / "boot/initrd-init", tree / "init")
    (tree / "init").chmod(0o755)
    run("find", tree, "-exec", "touch", "-h", "-d", "@0", "{}", "+")
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))
    with open(image, "wb") as out:
        subprocess.run(["cpio", "--quiet", "--reproducible", "-R", "0:0", "-o", "-H", "newc"], cwd=tree,
                       input="\n".join(names).encode(), stdout=out, check=True)
