"""Real Debian root file systems for the demo: v1 is the release as published, v2 adds security updates and a new
application, v3 is v2 with an application whose self-test fails. The machine's own mirror configuration is used.

The trees are cached (build/demo-cache): a tree is finished when its stamp, which names what it was made from, is
there. The images are put together on every run, because our programs are inside."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from lab.net import run

# What our programs need at run time, a shell with the usual tools, and content that a security update touches.
PACKAGES = ["libtorrent-rasterbar2.0", "libsodium23", "libzstd1", "liblzma5", "liblz4-1", "liblzo2-2", "libsqlite3-0", "libspdlog1.10", "libfmt9", "libssl3",
            "libubootenv0.1", "ca-certificates", "openssl", "curl", "udev", "systemd"]
KERNEL = "linux-image-cloud-amd64"
LEFT_OUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/share/lintian/*",
            "/usr/share/i18n/*", "/usr/share/zoneinfo/*"]
IMAGE_BYTES = 512 << 20
EPOCH = "1767225600"
UUID = "6d8d1bd0-6d0b-4a3e-9b50-5a7d3f1c2e01"
PROGRAMS = ("dunlin-node", "dunlin-applier")


def apt_sources():
    """deb lines of this machine for Debian's main suites, from sources.list and deb822 files, as (uri, suite, keyring)."""
    found = []
    for path in [pathlib.Path("/etc/apt/sources.list"), *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            found += deb822(path.read_text())
        elif path.name.endswith(".list") and path.exists():
            found += one_line(path.read_text())
    ours = [s for s in found if re.fullmatch(r"bookworm(-security|-updates|/updates)?", s[1])]
    if not any(s[1] == "bookworm" for s in ours):
        raise SystemExit("demo: /etc/apt names no mirror with the suite bookworm: add one (see sources.list(5))")
    if not any("security" in s[1] for s in ours):
        ours.append(security_beside(next(s for s in ours if s[1] == "bookworm")))
    return list(dict.fromkeys(ours))


def security_beside(main):
    """A bare debootstrap names the main suite only; mirrors carry the security archive beside it."""
    uri, _, keyring = main
    return re.sub(r"/debian/*$", "/debian-security", uri), "bookworm-security", keyring


def deb822(text):
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        fields = dict(line.split(":", 1) for line in lines if ":" in line and not line[0].isspace())
        fields = {k.lower(): v.strip() for k, v in fields.items()}
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
            for uri in fields["uris"].split():
                for suite in fields["suites"].split():
                    yield uri, suite, fields.get("signed-by", "")


def one_line(text):
    for match in re.finditer(r"^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+.*\bmain\b", text, re.M):
        options, uri, suite = match.groups()
        key = re.search(r"signed-by=(\S+)", options or "")
        yield uri, suite, key.group(1) if key else ""


def deb_lines(with_updates):
    lines = []
    for uri, suite, keyring in apt_sources():
        if suite == "bookworm" or with_updates:
            keyring = keyring if keyring.startswith("/") else "/usr/share/keyrings/debian-archive-keyring.gpg"
            lines.append(f"deb [signed-by={keyring}] {uri} {suite} main")
    return lines


def stamp_of(lines, packages):
    return hashlib.sha256("\n".join([*lines, *packages, KERNEL, *LEFT_OUT, "2"]).encode()).hexdigest()


def make_tree(tree, with_updates, say, packages=tuple(PACKAGES)):
    """A root file system in `tree`; kept from an earlier run when made from the same sources and packages."""
    lines = deb_lines(with_updates)
    stamp = tree.with_name(tree.name + ".made-from")
    if stamp.exists() and stamp.read_text() == stamp_of(lines, packages):
        say(f"{tree.name}: cached")
        return
    say(f"{tree.name}: fetching Debian packages ({'with' if with_updates else 'without'} updates)")
    stamp.unlink(missing_ok=True)
    shutil.rmtree(tree, ignore_errors=True)
    hooks = [f"--dpkgopt=path-exclude={p}" for p in LEFT_OUT]
    fetch_kernel = ('cd "$1"/tmp && P=$(chroot "$1" apt-cache depends --important ' + KERNEL +
                    ' | sed -n "s/^ *Depends: //p") && chroot "$1" sh -c "cd /tmp && apt-get download $P" && '
                    'dpkg-deb -x linux-image*.deb kernel && mv kernel/boot/vmlinuz-* "$1"/boot/vmlinuz && '
                    'rm -rf kernel linux-image*.deb')
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--format=directory",
               f"--include={','.join(packages)}", "--aptopt=Acquire::Retries \"3\"", *hooks,
               f"--customize-hook={fetch_kernel}", "bookworm", str(tree), *lines]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH})
    if done.returncode != 0:
        raise SystemExit(f"demo: mmdebstrap failed: {done.stderr.strip()[-1500:]}")
    tidy(tree)
    stamp.write_text(stamp_of(lines, packages))


def tidy(tree):
    """Drops what differs from run to run and would only make the difference between two releases larger."""
    for folder in ("var/cache", "var/lib/apt/lists", "var/log", "tmp", "run", "var/lib/dpkg/info/triggers"):
        for child in (tree / folder).glob("*"):
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    for file in ("etc/machine-id", "etc/resolv.conf", "etc/hostname", "var/lib/systemd/random-seed"):
        (tree / file).unlink(missing_ok=True)
    (tree / "etc/machine-id").write_text("")
    for folder in ("data", "boot", "run", "proc", "sys", "dev"):
        (tree / folder).mkdir(exist_ok=True)
    run("useradd", "--root", tree, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "dunlin")
    (tree / "etc/passwd-").unlink(missing_ok=True)


APPLICATION = """#!/bin/sh
# The device's application, release {version}.
case "$1" in
  --self-test) {self_test} ;;
  *) echo "application {version}" ;;
esac
"""
SELF_TESTS = {
    "10-programs": "#!/bin/sh\n# The release runs on this device: every library is there.\n"
                   "dunlin-node --version && dunlin-applier --version && openssl version\n",
    "20-application": "#!/bin/sh\nexec /usr/bin/application --self-test\n",
}
FINE = 'echo "application {version} is well"'
BROKEN = 'echo "application {version}: cannot open its database: schema 7 expected, 6 found" >&2; exit 1'
REBOOT = "#!/bin/sh\n# The reset line of this board.\necho reboot >/run/machine\n"


def dress(root, version, programs, broken):
    """Puts our programs, the application and its self-tests into a root file system."""
    def put(path, text, mode=0o755):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    for program in PROGRAMS:
        (root / "usr/bin").mkdir(parents=True, exist_ok=True)
        run("strip", "-o", root / "usr/bin" / program, pathlib.Path(programs, program))
    payload = hashlib.shake_256(b"application " + version.encode()).hexdigest(150_000)
    self_test = (BROKEN if broken else FINE).format(version=version)
    put("usr/bin/application", APPLICATION.format(version=version, self_test=self_test))
    put("usr/share/application/data", payload, 0o644)
    put("usr/sbin/board-reset", REBOOT)
    put("etc/dunlin-release", f"VERSION={version}\n", 0o644)
    for name, text in SELF_TESTS.items():
        put(f"etc/dunlin/self-test.d/{name}", text)


def make_image(tree, image, version, programs, work, broken=False):
    """An ext4 image in which two releases differ only where their files do: fixed ids, times, hash seed and layout."""
    upper, merged = work / f"{version}-upper", work / f"{version}-root"
    for folder in (upper, merged, work / f"{version}-work"):
        folder.mkdir(parents=True)
    dress(upper, version, programs, broken)
    run("find", upper, "-exec", "touch", "-h", "-d", f"@{EPOCH}", "{}", "+")
    run("mount", "-t", "overlay", "overlay", "-o",
        f"lowerdir={tree},upperdir={upper},workdir={work}/{version}-work", merged)
    image.unlink(missing_ok=True)
    run("mkfs.ext4", "-q", "-d", merged, "-U", UUID, "-L", "rootfs", "-m", "0", "-O", "^has_journal,^metadata_csum_seed",
        "-E", f"hash_seed={UUID},lazy_itable_init=0,root_owner=0:0,nodiscard", image, f"{IMAGE_BYTES // 1024}k",
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "E2FSPROGS_FAKE_TIME": EPOCH})
    run("umount", merged)
    return image


def make_all(programs, cache, work, say):
    """{version: image path} for v1, v2 and v3."""
    cache.mkdir(parents=True, exist_ok=True)
    make_tree(cache / "bookworm", False, say)
    make_tree(cache / "bookworm-updated", True, say)
    trees = {"1.0.0": "bookworm", "2.0.0": "bookworm-updated", "3.0.0": "bookworm-updated"}
    return {version: make_image(cache / tree, work / f"{version}.ext4", version, programs, work, broken=version == "3.0.0")
            for version, tree in trees.items()}
