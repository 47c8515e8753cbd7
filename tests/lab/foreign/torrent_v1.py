"""A BitTorrent v1 torrent file (BEP 3) of one file: aria2 1.36 and transmission 3.00 know no other kind."""
import hashlib
import pathlib

PIECE_BYTES = 256 * 1024


def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, (str, bytes)):
        raw = value.encode() if isinstance(value, str) else value
        return b"%d:%s" % (len(raw), raw)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(k) + bencode(value[k]) for k in sorted(value)) + b"e"


def write(torrent, content, tracker_url):
    content = pathlib.Path(content)
    with open(content, "rb") as file:
        pieces = b"".join(hashlib.sha1(piece).digest() for piece in iter(lambda: file.read(PIECE_BYTES), b""))
    info = {"length": content.stat().st_size, "name": content.name, "piece length": PIECE_BYTES, "pieces": pieces}
    pathlib.Path(torrent).write_bytes(bencode({"announce": tracker_url, "info": info}))
    return torrent
