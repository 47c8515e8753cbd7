#!/usr/bin/env python3
"""Makes the first inputs of the fuzz targets: our own formats by our own writers, file systems and frames by the programs
that make them. Small ones: a fuzzer learns more from many than from large inputs."""
import hashlib
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1767225600"}


def wordy(size, seed):
    """Bytes with some order in them, the same on every run."""
    words = [hashlib.sha256(f"{seed} {i}".encode()).digest()[:3 + i % 9] for i in range(100)]
    text, i = b"", seed
    while len(text) < size:
        i = i * 1103515245 + 12345 & 0x7FFFFFFF
        text += words[(i >> 8) % len(words)]
    return text[:size]


def make_tree(root):
    (root / "folder").mkdir(parents=True)
    (root / "small").write_bytes(wordy(700, 1))
    (root / "folder" / "large").write_bytes(wordy(30_000, 2))
    (root / "folder" / "random").write_bytes(hashlib.shake_256(b"random").digest(9_000))
    (root / "folder" / "zeros").write_bytes(bytes(20_000))
    (root / "link").symlink_to("folder/large")


def run(*words, data=None):
    return subprocess.run([str(w) for w in words], input=data, check=True, stdout=subprocess.PIPE,
                          env=ENVIRONMENT).stdout


def squashfs_seeds(tree, out):
    for kind in ("zstd", "xz", "gzip", "lzo", "lz4"):
        run("mksquashfs", tree, out / kind, "-comp", kind, "-b", "8192", "-noappend", "-no-progress", "-all-root")
    run("mksquashfs", tree, out / "fragments", "-comp", "zstd", "-Xcompression-level", "3", "-b", "131072", "-noappend", "-no-progress")


def erofs_seeds(tree, out):
    for name, options in {"lz4": ["-zlz4"], "lz4hc": ["-zlz4hc"], "big": ["-zlz4hc,9", "-C16384"], "flat": []}.items():
        run("mkfs.erofs", *options, "-T1767225600", "-U", "5f0e9d3a-7c11-4f6a-9a51-0d5c5a1d2b01", out / name, tree)


def frame_seeds(_, out):
    plain = wordy(40_000, 3)
    programs = {"zstd": ["zstd", "-q", "-9", "-c"], "zstd-checked": ["zstd", "-q", "-19", "--check", "-c"],
                "gzip": ["gzip", "-9", "-n", "-c"], "xz": ["xz", "-6", "-c"], "lz4-legacy": ["lz4", "-q", "-l", "-12", "-c"]}
    for name, words in programs.items():
        (out / name).write_bytes(run(*words, data=plain) + wordy(300, 4))


def boot_flags_seeds(_, out):
    """boot_flags_fuzz.cc: the first byte says which; it makes the checksums fit itself."""
    variables = b"BOOT_ORDER=A B\0BOOT_A_LEFT=3\0\0" + bytes(30)
    gpt = struct.pack("<8s4IQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, 1, 40, 34, 39, bytes(16), 2, 4, 128, 0)
    entries = b"".join(bytes([5] * 16 + [i] * 38 + [0x12, 1] + [0] * 72) for i in range(4))
    seeds = {"uboot": b"\0" + bytes(4) + b"\7" + variables, "uboot-single": b"\1" + bytes(4) + variables,
             "grub": b"\2# GRUB Environment Block\n# WARNING\nORDER=A B\nA_OK=1\nx=a\\\\b\n",
             "android": b"\3" + bytes.fromhex("5f6100004243414201020000" "9e006f00"),
             "gpt": b"\4" + bytes(512) + gpt.ljust(512, b"\0") + entries,
             "autoboot": b"\5[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n",
             "entry-name": b"\5dunlin-a+2-1.conf", "entry": b"\5title x\nversion 1\nsort-key dunlin\nlinux /k\n",
             "balena": b"\5resin_root_part=2\nupgrade_available=0\n",
             "fw_env": b"\5/dev/mmcblk0 -0x4000 0x2000 # x\n/dev/mmcblk0 0 0x2000\n"}
    for name, seed in seeds.items():
        (out / name).write_bytes(seed)


def main():
    writer, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    run(writer, folder)
    with tempfile.TemporaryDirectory() as work:
        tree = pathlib.Path(work, "tree")
        make_tree(tree)
        for name, make in {"squashfs_finder": squashfs_seeds, "erofs_finder": erofs_seeds, "frame_finder": frame_seeds,
                           "boot_flags": boot_flags_seeds}.items():
            out = folder / name
            out.mkdir(parents=True, exist_ok=True)
            for old in out.iterdir():
                old.unlink()
            make(tree, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
