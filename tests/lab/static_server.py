"""A repository served by somebody else: plain HTTPS with range requests, no tracker, no swarm. Any static server will do."""
import http.server
import pathlib
import re
import ssl
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lab import net, wait  # noqa: E402


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        try:
            with open(self.translate_path(self.path), "rb") as file:
                content = file.read()
        except OSError:
            self.send_error(404)
            return
        first = int(asked.group(1)) if asked else 0
        last = min(int(asked.group(2)), len(content) - 1) if asked and asked.group(2) else len(content) - 1
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(content[first:last + 1])

    def log_message(self, *_):
        pass


class StaticServer:
    """In place of `dunlin-seeder serve`, on the same address and port, with the same certificate."""

    def __init__(self, seeder):
        command = [*net.inside(seeder.host.name), sys.executable, __file__, seeder.folder, str(seeder.port)]
        self.child = subprocess.Popen(command)
        wait.until("the static server listens", lambda: f":{seeder.port} " in net.run(*net.inside(seeder.host.name), "ss", "-Hltn"))

    def stop(self):
        self.child.kill()
        self.child.wait()


def serve(folder, port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/tls/server.pem", f"{folder}/tls/server.key")
    server = http.server.ThreadingHTTPServer(("", port), lambda *a: Handler(*a, directory=f"{folder}/repository"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
