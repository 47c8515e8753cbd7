#!/usr/bin/env python3
"""The privileged program must not be able to reach the network: what it links and calls is read from its file."""
import re
import subprocess
import sys

import small_site

NETWORK_LIBRARIES = re.compile(r"libtorrent|libssl|libcurl|libnghttp|libgnutls")
NETWORK_SYMBOLS = re.compile(r"\b(getaddrinfo|gethostbyname\w*|inet_pton|SSL_\w+)\b|boost::(asio|beast)|libtorrent::")


def linked(program):
    return subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout


def symbols(program):
    return subprocess.run(["nm", "-C", "-a", program], capture_output=True, text=True, check=True).stdout


def faults(program):
    found = set(NETWORK_LIBRARIES.findall(linked(program)))
    return sorted(found | {m.group() for m in NETWORK_SYMBOLS.finditer(symbols(program))})


def main(programs):
    assert faults(programs / "dunlin-node"), "this check no longer sees network code where there is some"
    bad = faults(programs / "dunlin-applier")
    print(f"dunlin-applier links network code: {', '.join(bad)}" if bad else "ok")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(small_site.options().programs))
