#!/usr/bin/env python3
"""Arrows point down only, and each library has one door (docs/glossary.md has the folders' words).

EDGES holds every folder that a folder may include; a new edge is a design change. DOORS holds, per library, the
only files that may include it."""
import re
import sys

import source

BASE, CODEC, DELTA, EXPAND = "core/base", "core/codec", "core/delta", "core/expand"
CONTENT, TRUST = "core/content", "core/trust"
MATCH, ENCODE = "core/match", "core/encode"
EDGES = {
    BASE: set(),
    CODEC: {BASE},
    DELTA: {BASE, CODEC},
    EXPAND: {BASE, CODEC},
    CONTENT: {BASE, CODEC, DELTA, EXPAND},
    # Devices are made without these two.
    MATCH: {BASE, DELTA},
    ENCODE: {BASE, CODEC, DELTA, EXPAND, CONTENT, MATCH},
    TRUST: {BASE, CONTENT},
    "swarm": {BASE, CONTENT, TRUST},
    "applier/client": {BASE, CONTENT},
    "applier/boot": {BASE},
    "applier": {BASE, CONTENT, TRUST, "applier/client", "applier/boot"},
    "node": {BASE, CONTENT, TRUST, "swarm", "applier/client"},
    "seeder": {BASE, CONTENT, ENCODE, TRUST, "swarm"},
    "simulations": {BASE, CONTENT, TRUST, "swarm", "node"},
}
DOORS = {
    r"libtorrent/": r"swarm/torrent_\w+\.(h|cc)|tests/swarm/\w+\.(h|cc)",
    r"sqlite3\.h": r"core/base/sqlite\.\w+",
    r"openssl/": r"core/base/(tls|certificate|fleet_authority|device_certificate|digest|public_key|token_key)\w*\.\w+",
    r"sodium": r"core/trust/(signature|secret_box)\.\w+",
    r"(zstd|zdict)\w*\.h": r"core/codec/zstd\w*\.\w+",
    r"lzma\.h": r"core/codec/lzma\w*\.\w+",
    r"lz4(hc)?\.h": r"core/codec/lz4\w*\.\w+",
    r"zlib\.h": r"core/codec/zlib\w*\.\w+",
    r"lzo/": r"core/codec/lzo\w*\.\w+",
    r"divsufsort": r"core/match/suffix\w*\.\w+",
    # Coroutines come through core/base/asio.h only; narrow headers may stand where they are used, never the big one.
    r"boost/asio(\.hpp|/(awaitable|co_spawn|detached|use_awaitable)\.hpp)": r"core/base/asio\w*\.\w+",
    r"boost/beast": r"swarm/http_\w+\.\w+|core/base/asio_impl\.cc|tests/fuzz/http_fuzz\.cc",
    r"spdlog/": r"core/base/log\.\w+",
    r"toml": r"core/base/toml_reader\.cc",
    r"libuboot\.h": r"tests/applier/boot/\w+\.cc",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def folder_of(path):
    return path.rsplit("/", 1)[0]


def allowed_folders(path):
    """Tests may see what their mirrored folder sees, that folder, the test tree, and what makes packs."""
    folder = folder_of(path)
    if not folder.startswith("tests"):
        return EDGES.get(folder, set()) | {folder}
    mirrored = folder.removeprefix("tests/")
    if mirrored in EDGES:
        return EDGES[mirrored] | {mirrored, folder, "tests", "tests/fakes", "tests/contract", "tests/firmware", ENCODE}
    return None


def problems_in(path, text):
    allowed = allowed_folders(path)
    for match in INCLUDE.finditer(text):
        quote, target = match.groups()
        where = f"{path}:{source.line_of(text, match.start(2))}"
        if quote == '"' and "/" in target and allowed is not None and folder_of(target) not in allowed:
            yield f"{where}: {folder_of(path)} must not see {folder_of(target)} ({target})"
        for library, door in DOORS.items():
            if quote == "<" and re.match(library, target) and not re.fullmatch(door, path):
                yield f"{where}: <{target}> belongs behind its door ({door})"


def check_itself():
    assert list(problems_in("swarm/x.cc", '#include "applier/slot.h"\n'))
    assert list(problems_in("core/base/x.cc", '#include "core/content/x.h"\n'))
    assert list(problems_in("tests/node/x_test.cc", '#include "seeder/x.h"\n'))
    assert list(problems_in("node/x.cc", "#include <libtorrent/session.hpp>\n"))
    assert not list(problems_in("swarm/torrent_session.cc", '#include <libtorrent/session.hpp>\n#include "core/base/x.h"\n'))


def main():
    check_itself()
    problems = []
    for file in source.files(".h", ".cc"):
        name = file.relative_to(source.ROOT).as_posix()
        problems += problems_in(name, file.read_text(encoding="utf-8"))
    return source.report(problems)


if __name__ == "__main__":
    sys.exit(main())
