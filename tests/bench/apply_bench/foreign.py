"""The same install by others, as their manuals say, from bundles of their own that are signed as ours are: dd, RAUC (plain
bundle, its D-Bus service on a private bus) and SWUpdate (raw handler, streamed into the device). Packing costs nothing here."""
import contextlib
import os
import pathlib
import shutil
import subprocess

from delta_bench.measure import Failed, measure, sha256_of

RAUC_SYSTEM = """[system]
compatible=edge
bootloader=noop
statusfile={folder}/rauc.status
mountprefix={folder}/mount
[keyring]
path={folder}/certificate.pem
[slot.rootfs.0]
device={folder}/slot-a.img
type=raw
bootname=A
[slot.rootfs.1]
device={slot}
type=raw
bootname=B
"""
RAUC_MANIFEST = """[update]
compatible=edge
version=2.0.0
[bundle]
format=plain
[image.rootfs]
filename=rootfs.img
"""
# Its service is the process that installs; it ends with this script.
RAUC_RUN = """export DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS
rauc --conf={folder}/rauc.conf --override-boot-slot=A service & service=$!
trap 'kill $service; wait $service' EXIT
gdbus wait --session --timeout 30 de.pengutronix.rauc
rauc install {bundle}
"""
SWUPDATE_DESCRIPTION = """software = {{
  version = "2.0.0";
  hardware-compatibility: [ "1" ];
  images: ({{ filename = "rootfs.img"; type = "raw"; device = "{slot}"; installed-directly = true; sha256 = "{digest}"; }});
}}
"""


def call(*words, **options):
    try:
        done = subprocess.run([str(word) for word in words], capture_output=True, **options)
    except FileNotFoundError:
        raise Failed(f"{words[0]} is not installed") from None
    if done.returncode != 0:
        raise Failed(f"{words[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")


def make_keys(folder):
    call("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=bench",
         "-addext", "extendedKeyUsage=emailProtection", "-addext", "keyUsage=digitalSignature",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem")


class Dd:
    """The least that any install does: the bytes written and synced, then read back past the cache."""
    name = "dd"

    def prepare(self, folder, image, slot):
        self.input = image

    def install(self, slot):
        size = os.path.getsize(self.input)
        script = (f"dd if='{self.input}' of={slot.device} bs=1M conv=fsync && "
                  f"dd if={slot.device} of=/dev/null bs=1M iflag=direct,count_bytes count={size}")
        return measure(["sh", "-c", script])[0]


class Rauc:
    name = "rauc"

    def prepare(self, folder, image, slot):
        self.input = folder / "update.raucb"
        content = folder / "content"
        content.mkdir()
        os.link(image, content / "rootfs.img")
        (content / "manifest.raucm").write_text(RAUC_MANIFEST)
        (folder / "mount").mkdir()
        (folder / "slot-a.img").touch()
        (folder / "rauc.conf").write_text(RAUC_SYSTEM.format(folder=folder, slot=slot.device))
        self.script = folder / "rauc.sh"
        self.script.write_text(RAUC_RUN.format(folder=folder, bundle=self.input))
        call("rauc", f"--cert={folder}/certificate.pem", f"--key={folder}/key.pem", "bundle", content, self.input)

    def install(self, slot):
        return measure(["dbus-run-session", "--", "bash", self.script])[0]


class SwUpdate:
    name = "swupdate"

    def prepare(self, folder, image, slot):
        self.certificate, self.input = folder / "certificate.pem", folder / "update.swu"
        content = folder / "content"
        content.mkdir()
        description = SWUPDATE_DESCRIPTION.format(slot=slot.device, digest=sha256_of(image))
        (content / "sw-description").write_text(description)
        os.link(image, content / "rootfs.img")
        call("openssl", "cms", "-sign", "-in", content / "sw-description", "-out", content / "sw-description.sig",
             "-signer", self.certificate, "-inkey", folder / "key.pem", "-outform", "DER", "-nosmimecap", "-binary")
        call("cpio", "--create", "--format=crc", "--quiet", "--file", self.input, cwd=content,
             input=b"sw-description\nsw-description.sig\nrootfs.img\n")

    def install(self, slot):
        return measure(["swupdate", "-H", "pc:1", "-M", "-m", "-k", self.certificate, "-i", self.input])[0]


@contextlib.contextmanager
def prepared(tool, folder, image, slot):
    """The tool, ready to install; its folder goes away afterwards."""
    room = pathlib.Path(folder, tool.name)
    room.mkdir()
    try:
        make_keys(room)
        tool.prepare(room, image, slot)
        yield tool
    finally:
        shutil.rmtree(room)
