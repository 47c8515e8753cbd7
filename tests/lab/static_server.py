"""A repository served by somebody else: nginx over the folder, no tracker, no swarm. A CDN or an object store looks like this."""
from lab import net, wait
from lab.process import Process

CDN_PORT = 9443
CONFIGURATION = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/nginx-access.log;
  ssl_certificate {folder}/tls/server.pem;
  ssl_certificate_key {folder}/tls/server.key;
  server {{ listen {port} ssl; root {folder}/repository; {packs} }}
  server {{ listen {cdn_port} ssl; root {folder}/repository; }}
}}
"""
# What is special about the packs, by name.
PLAIN = ""
ELSEWHERE = "location /packs/ {{ return 302 https://{address}:{cdn_port}$request_uri; }}"
NO_RANGES = "location /packs/ {{ max_ranges 0; }}"


class StaticServer:
    """In place of `dunlin-seeder serve`, on the same address and port, with the same certificate."""

    def __init__(self, seeder, packs=PLAIN):
        self.folder, self.port, host = seeder.folder, seeder.port, seeder.host
        packs = packs.format(address=host.address, cdn_port=CDN_PORT)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=self.folder, port=self.port, cdn_port=CDN_PORT, packs=packs))
        argv = [*net.inside(host.name), "nginx", "-e", self.folder / "nginx.log", "-c", configuration]
        self.process = Process("nginx", argv, self.folder.parent / "nginx-output.log")
        wait.until("nginx listens", lambda: self.listening(host) or not self.process.running())
        if not self.process.running():
            raise RuntimeError(f"nginx ended: {self.process.output()[-800:]}")

    def listening(self, host):
        return f":{self.port} " in net.run(*net.inside(host.name), "ss", "-Hltn")

    def answers(self, path):
        """Status codes of the answers to requests below this path, in order."""
        lines = (self.folder / "nginx-access.log").read_text().splitlines()
        return [int(line.split('" ')[1].split()[0]) for line in lines if f'"GET {path}' in line]

    def stop(self):
        self.process.stop()
