"""Runs the calling program in mount, process and network-name spaces of its own. When it ends, however it ends,
the kernel takes everything with it: processes, namespaces, links, mounts, loop devices. Only files stay behind;
the next run removes those of runs that are dead."""
import atexit
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

MARK = "DUNLIN_CAGE"
PREFIX = "dunlin-lab-"


def enter():
    """Starts this program again inside the cage (through sudo when needed); returns only in there."""
    if os.environ.get(MARK) == "1" and os.getpid() == 1:
        settle()
        return
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "env", f"{MARK}=1",
               sys.executable, *sys.argv]
    if os.geteuid() != 0:
        command = ["sudo", "-n", "-E", *command]
    os.execvp(command[0], command)


def settle():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pathlib.Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run/netns"], check=True)
    sweep()


def sweep():
    """Removes the folders of runs that no longer live: a live one holds a lock on its `alive` file."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        alive = folder / "alive"
        try:
            with open(alive, "r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        except FileNotFoundError:
            pass
        shutil.rmtree(folder, ignore_errors=True)


def folder(keep=False):
    """A fresh folder for this run, removed at its end unless `keep`."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
    path.chmod(0o755)
    lock = open(path / "alive", "w")  # held, and with it the lock, until this process ends
    fcntl.flock(lock, fcntl.LOCK_EX)
    atexit.register(_remove, path, lock, keep)
    return path


def memory_folder(keep=False):
    """A fresh folder in memory, for runs in which this machine's disk must not be the limit. What is kept are the logs."""
    path = folder(keep)
    memory = path / "memory"
    memory.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", memory], check=True)
    if keep:
        atexit.register(_save_logs, memory, path / "logs")
    return memory


def _save_logs(source, target):
    for log in source.rglob("*.log"):
        place = target / log.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, place)


def _remove(path, lock, keep):
    subprocess.run(["sh", "-c", f"grep -o ' {path}[^ ]*' /proc/self/mounts | sort -r | xargs -r umount -l"], check=False)
    if keep:
        kept = path.with_name(path.name.replace(PREFIX, "dunlin-kept-"))
        path.rename(kept)  # out of the sweep's reach
        print(f"kept: {kept}", file=sys.stderr)
    else:
        shutil.rmtree(path, ignore_errors=True)
    lock.close()
