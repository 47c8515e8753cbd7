"""Mirrors of a repository that serve what a neighbour or a static server could: old, mixed, truncated, endless, bomb-compressed
files, and files that never come. Each is one way to answer a GET."""
import gzip
import pathlib
import socketserver
import threading

ENDLESS_BYTES_MAX = 1 << 30  # far more than anybody may take
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


def whole(out, body, more=b""):
    out(HEAD + more + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def old(out, folders, path):
    whole(out, folders["old"](path))


def mixed(out, folders, path):
    """The newest timestamp with older files behind it."""
    whole(out, folders["new" if path.endswith("timestamp.json") else "old"](path))


def truncated(out, folders, path):
    body = folders["new"](path)
    out(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:len(body) // 2])


def endless(out, folders, path):
    out(HEAD + b"\r\n" + folders["new"](path))
    for _ in range(ENDLESS_BYTES_MAX >> 16):
        out(b" " * 65536)


def bomb(out, folders, path):
    """A megabyte that unpacks to a gigabyte, for whoever believes what a header says."""
    whole(out, BOMB, b"Content-Encoding: gzip\r\n")


def silent(out, folders, path):
    out(HEAD + b"Content-Length: 1000\r\n")
    threading.Event().wait(30)


def forged(out, folders, path):
    whole(out, folders["forged"](path))


def long_header(out, folders, path):
    out(HEAD)
    for _ in range(10000):
        out(b"X-Padding: " + b"x" * 4096 + b"\r\n")


WAYS = {way.__name__: way for way in (old, mixed, truncated, endless, bomb, silent, forged, long_header)}
BOMB = gzip.compress(bytes(64 << 20)) * 16


def reader(repository):
    """Files below a repository's folder; of metadata that is not there the newest with that role."""
    def read(path):
        file = pathlib.Path(repository, path.lstrip("/"))
        if file.is_file():
            return file.read_bytes()
        role = file.name.split(".", 1)[-1]
        others = sorted(file.parent.glob(f"*.{role}")) if file.parent.is_dir() else []
        return others[-1].read_bytes() if others else b"{}"
    return read


class LyingMirror:
    """One port, one way. `asked` counts requests."""

    def __init__(self, way, folders):
        self.way, self.asked = way, 0
        mirror = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 60

            def handle(self):
                line = self.rfile.readline(4096).decode(errors="replace").split()
                while self.rfile.readline(65536).strip():
                    pass
                mirror.asked += 1
                try:
                    WAYS[way](self.connection.sendall, folders, line[1] if len(line) > 1 else "/")
                except OSError:
                    pass  # whoever asked has enough

        self.server = socketserver.ThreadingTCPServer(("0.0.0.0", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
