"""Bytes inside streams (TCP, uTP) that pass a namespace, counted by nftables rules with names."""
import json

from lab.net import inside, run

HEADERS = {"tcp": 52, "udp": 48}  # IPv4 20 + TCP 20 and timestamps 12; IPv4 20 + UDP 8 and uTP 20


def begin(namespace, hook):
    """`hook`: forward or input, also the chain's name."""
    run(*inside(namespace), "nft", f"add table inet count {{ chain {hook} {{ type filter hook {hook} priority 0 ; }} ; }}")


def count(namespace, hook, match, name):
    """From now on `read` knows what matches, under that name."""
    for protocol in HEADERS:
        run(*inside(namespace), "nft", f'add rule inet count {hook} {match} meta l4proto {protocol} counter '
            f'comment "{name} {protocol}"')


def read(namespace):
    """{name: bytes without headers}, with TLS."""
    rules = json.loads(run(*inside(namespace), "nft", "-j", "list", "table", "inet", "count"))["nftables"]
    sums = {}
    for rule in (entry["rule"] for entry in rules if "rule" in entry):
        counter = next(e["counter"] for e in rule["expr"] if "counter" in e)
        name, protocol = rule["comment"].split()
        sums[name] = sums.get(name, 0) + max(0, counter["bytes"] - HEADERS[protocol] * counter["packets"])
    return sums
