"""A program of ours under test: its log in a file, its peak memory, its end."""
import pathlib
import re
import signal
import subprocess

from lab import wait


class Process:
    def __init__(self, name, argv, log, environment=None):
        self.name, self.log = name, pathlib.Path(log)
        self.start_of_log = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def peak_rss_kib(self):
        """0 when it has ended: ask before."""
        return self.memory_kib("VmHWM")

    def rss_kib(self):
        return self.memory_kib("VmRSS")

    def memory_kib(self, field):
        try:
            found = re.search(rf"{field}:\s+(\d+) kB", pathlib.Path(f"/proc/{self.pid}/status").read_text())
        except OSError:
            found = None
        return int(found.group(1)) if found else 0

    def kill(self):
        """SIGKILL, as a crash or the power would."""
        if self.running():
            self.child.kill()
        return self.child.wait()

    def stop(self, deadline_s=15):
        """SIGTERM, as a service manager would; SIGKILL when it does not listen."""
        if self.running():
            self.child.send_signal(signal.SIGTERM)
            try:
                return self.child.wait(deadline_s)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()

    def output(self):
        """What this start of it wrote."""
        return self.log.read_bytes()[self.start_of_log:].decode(errors="replace")

    def wait_for_line(self, pattern, deadline_s=30):
        def look():
            found = re.search(pattern, self.output())
            if not found and not self.running():
                raise RuntimeError(f"{self.name} ended with {self.child.returncode}: {self.output()[-800:]}")
            return found
        return wait.until(f"{self.name} says /{pattern}/", look, deadline_s)
