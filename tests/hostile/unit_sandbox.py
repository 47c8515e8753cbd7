#!/usr/bin/env python3
"""Runs a program under what a systemd unit says of system calls and capabilities, where no systemd runs: the same sets of
calls, installed as a seccomp filter. A call outside of them ends the program, so that a test sees it.

usage: unit_sandbox.py UNIT [--user USER] -- PROGRAM [ARGUMENT...]"""
import ctypes
import os
import pathlib
import pwd
import subprocess
import sys

ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
CAPABILITIES = ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
                "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
                "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE "
                "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE").split()


def settings(unit, name):
    """All values of a setting, in order."""
    lines = pathlib.Path(unit).read_text().splitlines()
    return [line.split("=", 1)[1] for line in lines if line.startswith(name + "=")]


def calls_of(name):
    """The system calls of a set of systemd's, or the call itself."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], capture_output=True, text=True, check=True)
    words = [line.split()[0] for line in listed.stdout.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls_of(word) for word in words))


def allowed_calls(unit):
    """As systemd reads it: the first line names what is allowed, lines that begin with ~ take away. It adds what it needs
    itself to start a program."""
    allowed = calls_of("@default") | {"execve", "exit", "exit_group", "getrlimit", "rt_sigreturn", "sigreturn"}
    for line in settings(unit, "SystemCallFilter"):
        named = set().union(*(calls_of(word) for word in line.removeprefix("~").split()))
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


def install_filter(allowed):
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(KILL_PROCESS)))
    for name in allowed:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0) != 0:
            raise OSError(f"no rule for {name}")
    if seccomp.seccomp_load(context) != 0:
        raise OSError("the filter could not be loaded")


def drop_capabilities(unit):
    kept = {word.removeprefix("CAP_") for line in settings(unit, "CapabilityBoundingSet") for word in line.split()}
    libc = ctypes.CDLL(None, use_errno=True)
    for number, name in enumerate(CAPABILITIES):
        if name not in kept and libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"CAP_{name} stays")


def become(user):
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main():
    words, argv = sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]
    unit = words[0]
    allowed = allowed_calls(unit)
    drop_capabilities(unit)
    if words[1:2] == ["--user"]:
        become(words[2])
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError("no_new_privs is refused")
    install_filter(allowed)
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    main()
