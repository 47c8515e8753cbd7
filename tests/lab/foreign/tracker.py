#!/usr/bin/env python3
"""A BitTorrent tracker over HTTP (BEP 3, BEP 23) for one torrent: every peer hears of every other one."""
import http.server
import pathlib
import socket
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from lab.foreign.torrent_v1 import bencode  # noqa: E402

INTERVAL_S = 60


class Handler(http.server.BaseHTTPRequestHandler):
    peers = set()  # (address, port), as seen from here: behind NAT all devices have the router's address

    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        own = (self.client_address[0], int(asked["port"][0]))
        if asked.get("event") == ["stopped"]:
            self.peers.discard(own)
        else:
            self.peers.add(own)
        compact = b"".join(socket.inet_aton(a) + p.to_bytes(2, "big") for a, p in self.peers if (a, p) != own)
        body = bencode({"interval": INTERVAL_S, "peers": compact})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("", int(sys.argv[1])), Handler).serve_forever()
