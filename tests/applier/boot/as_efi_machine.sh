#!/bin/sh
# as_efi_machine.sh ROOT ENTRY COMMAND...: runs a command where systemd finds a machine, no container, that EFI booted by
# way of the boot entry ENTRY: below ROOT, an empty folder, with made-up EFI variables, in a mount namespace of its own.
set -e
if [ "$(readlink /proc/self/ns/mnt)" = "${OUTSIDE:-$(readlink /proc/self/ns/mnt)}" ]; then
  OUTSIDE=$(readlink /proc/self/ns/mnt) exec unshare -rm "$0" "$@"
fi
root=$1
entry=$2
shift 2
mount -t tmpfs none "$root"
for folder in usr lib lib64 bin etc proc sys dev tmp; do
  if [ -L "/$folder" ]; then
    ln -s "$(readlink "/$folder")" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount --rbind "/$folder" "$root/$folder"
  fi
done
mkdir "$root/run"
mount -t tmpfs none "$root/sys/firmware"
variables="$root/sys/firmware/efi/efivars"
mkdir -p "$variables"
# Attributes (boot service, runtime), then UTF-16: the boot loader interface's LoaderBootCountPath.
{ printf '\006\000\000\000'; printf '%s\000' "$entry" | iconv -f ascii -t utf-16le; } \
  >"$variables/LoaderBootCountPath-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
exec chroot "$root" /usr/bin/env SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_RELAX_XBOOTLDR_CHECKS=1 "$@"
