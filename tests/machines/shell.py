"""The machine's second serial line, where a shell of the guest listens."""
import itertools
import re
import socket
import time


class Shell:
    def __init__(self, path):
        self.path, self.line, self.numbers = str(path), None, itertools.count(1)

    def ask(self, command, deadline_s=20):
        """(exit code, output); None when nobody answers: the machine is starting, hangs, or is off. A command that was
        not answered may still be carried out later."""
        mark = f"answer-{next(self.numbers)}"
        try:
            self.connect()
            self.line.sendall(f"\n( {command} ) 2>&1; echo; echo {mark} $?\n".encode())
            answer = self.read_until(rf"(.*?)\n{mark} (\d+)\n", deadline_s)
        except OSError:
            self.close()
            return None
        # Before it may stand late answers to commands that were given up.
        return answer and (int(answer.group(2)), re.split(r"answer-\d+ \d+\n", answer.group(1))[-1].strip())

    def read_until(self, pattern, deadline_s):
        text, end = "", time.monotonic() + deadline_s
        while not (found := re.search(pattern, text, re.S)):
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.line.settimeout(left)
            received = self.line.recv(65536)
            if not received:
                raise ConnectionError("the machine is off")
            text += received.decode(errors="replace").replace("\r", "")
        return found

    def connect(self):
        if self.line is None:
            self.line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.line.settimeout(5)
            self.line.connect(self.path)

    def close(self):
        if self.line is not None:
            self.line.close()
            self.line = None
