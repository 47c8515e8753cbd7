"""How each tool is started: on the server, and on a device that wants the file."""
import json
import pathlib
import sys

from lab import wait
from lab.foreign import torrent_v1
from lab.net import inside, run
from lab.process import Process

HTTP_PORT, TRACKER_PORT, PEER_PORT = 8080, 6969, 6881
NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{ access_log off; server {{ listen {port}; root {root}; }} }}
"""
# Goes on after every failure where it was, as a careful script would.
CURL = "until curl -sf -C - --connect-timeout 5 --speed-limit 1 --speed-time 10 -o {file} {url}; do sleep 1; done"


def listens(host, port):
    return f":{port} " in run(*inside(host.name), "ss", "-Hltn")


class Tool:
    """serve() starts the server side, argv() are the words that start a device's program, is_done() tells by its files."""

    def __init__(self, server, content, folder):
        self.server, self.content, self.folder = server, pathlib.Path(content), pathlib.Path(folder)
        self.processes = []

    def on_server(self, name, argv, port):
        self.processes.append(Process(name, [*inside(self.server.name), *argv], self.folder / f"{name}.log"))
        wait.until(f"{name} listens", lambda: listens(self.server, port) or not self.processes[-1].running())
        if not self.processes[-1].running():
            raise RuntimeError(f"{name} ended: {self.processes[-1].output()[-800:]}")

    def is_done(self, file, process):
        raise NotImplementedError


class Http(Tool):
    """nginx and one curl per device."""

    def serve(self):
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, port=HTTP_PORT, root=self.content.parent))
        self.on_server("nginx", ["nginx", "-e", self.folder / "nginx.log", "-c", config], HTTP_PORT)

    def argv(self, file, _number):
        return ["sh", "-c", CURL.format(file=file, url=f"http://{self.server.address}:{HTTP_PORT}/{self.content.name}")]

    def is_done(self, _file, process):
        return not process.running() and process.child.returncode == 0


class BitTorrent(Tool):
    def serve(self):
        tracker = pathlib.Path(__file__).with_name("tracker.py")
        self.on_server("tracker", [sys.executable, tracker, str(TRACKER_PORT)], TRACKER_PORT)
        self.torrent = torrent_v1.write(self.folder / "payload.torrent", self.content,
                                        f"http://{self.server.address}:{TRACKER_PORT}/announce")
        self.on_server("seed", self.argv(self.content, 0), PEER_PORT)


class Aria2(BitTorrent):
    """Local peer discovery and a tracker."""

    def argv(self, file, number):
        return ["aria2c", f"--dir={file.parent}", f"--listen-port={PEER_PORT + number}", "--enable-dht=false",
                "--bt-enable-lpd=true", "--file-allocation=none", "--seed-ratio=0.0", "--check-integrity=true", "--summary-interval=0",
                "--show-console-readout=false", self.torrent]

    def is_done(self, file, _process):
        """Its control file goes when the last piece has come."""
        return file.exists() and not file.with_name(file.name + ".aria2").exists()


class Transmission(BitTorrent):
    """Local peer discovery and a tracker."""

    def argv(self, file, number):
        home = self.folder / f"transmission-{number}"
        home.mkdir(exist_ok=True)
        settings = {"dht-enabled": False, "lpd-enabled": True, "rename-partial-files": True,
                    "port-forwarding-enabled": False}
        (home / "settings.json").write_text(json.dumps(settings))
        return ["transmission-cli", "-g", home, "-w", file.parent, "-p", str(PEER_PORT + number), "-M", self.torrent]

    def is_done(self, file, _process):
        """A file that is not whole is called *.part."""
        return file.exists()


TOOLS = {"http": Http, "aria2": Aria2, "transmission": Transmission}
