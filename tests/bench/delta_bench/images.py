"""Four releases of one system as ext4, squashfs and erofs images: those that were given, else some of our own."""
import dataclasses
import os
import pathlib
import subprocess
import tempfile

from delta_bench.measure import say, sha256_of
from demo import images as debian

FILE_SYSTEMS = ("ext4", "squashfs", "erofs")
VERSIONS = ("v1", "v2", "v3", "v4")
PAIRS = (("v1", "v2"), ("v2", "v3"), ("v3", "v4"), ("v1", "v4"))
EROFS_UUID = "5f0e9d3a-7c11-4f6a-9a51-0d5c5a1d2b01"
FEATURES = ["python3-minimal", "nginx-light"]


@dataclasses.dataclass(frozen=True)
class Image:
    path: pathlib.Path
    fs: str
    version: str
    digest: str


class Images:
    """Images by file system and version; made when first asked for, and kept."""

    def __init__(self, given, shared, folder, programs):
        self.given = pathlib.Path(given) if given else None
        self.shared, self.folder, self.programs = pathlib.Path(shared), folder, programs
        self.known = {}
        self.folder.mkdir(parents=True, exist_ok=True)

    def image(self, fs, version):
        if (fs, version) not in self.known:
            path = self.find(fs, version)
            self.known[fs, version] = Image(path, fs, version, sha256_of(path))
        return self.known[fs, version]

    def find(self, fs, version):
        name = f"{version}.{fs}"
        if self.given and (self.given / name).exists():
            return self.given / name
        if not (self.folder / name).exists():
            if fs == "ext4":
                self.make_ext4()
            else:
                make_compressed(fs, self.find("ext4", version), self.folder / name)
        return self.folder / name

    def make_ext4(self):
        if (self.shared / "unpack").exists():
            say(f"unpacking {self.shared}")
            environment = os.environ | {"ONLY": "ext4"}
            subprocess.run([self.shared / "unpack", self.folder], check=True, env=environment, stdout=subprocess.DEVNULL)
            return
        say("there are no shared images here: making four releases of a Debian system")
        make_releases(self.folder, self.programs)


def make_compressed(fs, ext4, image):
    """The content of an ext4 image in a compressed file system, the same bytes on every run."""
    say(f"making {image.name}")
    partial = image.with_suffix(".part")
    partial.unlink(missing_ok=True)
    environment = os.environ | {"SOURCE_DATE_EPOCH": debian.EPOCH, "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryDirectory() as root:
        debian.run("mount", "-o", "ro,loop,noload", ext4, root)
        try:
            if fs == "squashfs":
                debian.run("mksquashfs", root, partial, "-comp", "zstd", "-b", "131072", "-noappend", "-no-progress", "-quiet",
                           "-reproducible", "-processors", "2", "-e", "lost+found", env=environment)
            else:
                debian.run("mkfs.erofs", "--quiet", "-zlz4hc", "-U", EROFS_UUID, f"-T{debian.EPOCH}", "--preserve-mtime",
                           "--exclude-path=lost+found", partial, root, env=environment)
        finally:
            debian.run("umount", root)
    partial.rename(image)


def make_releases(folder, programs):
    """v1 as published, v2 with a year of updates, v3 with another build of one application, v4 with more packages."""
    trees = {"v1": ("bookworm", False, []), "v2": ("bookworm-updated", True, []), "v3": ("bookworm-updated", True, []),
             "v4": ("bookworm-features", True, FEATURES)}
    for version, (name, with_updates, more) in trees.items():
        tree = folder / "trees" / name
        tree.parent.mkdir(exist_ok=True)
        debian.make_tree(tree, with_updates, say, [*debian.PACKAGES, *more])
        with tempfile.TemporaryDirectory(dir=folder) as work:
            made = debian.make_image(tree, folder / f"{version}.part", version, programs, pathlib.Path(work))
            made.rename(folder / f"{version}.ext4")
