"""Attacks of a node that wants another system booted than the operator signed."""
import json
import threading

from applier_wire import Closed, request, slot_write


def boot_unsigned(node):
    """Other bytes under a signed name, and names that nobody signed."""
    image = node.images["new"]
    forged = json.loads(node.requests["new"]["manifest"])
    forged["version"] = "9.9.9"
    changed = node.requests["new"]["targets"].replace("2.0.0", "9.9.9")
    for what, fields in (("another manifest", {"manifest": json.dumps(forged)}), ("no manifest", {"manifest": "{}"}),
                         ("changed targets", {"targets": changed}), ("an image that is not in it", {"image": "boot"}),
                         ("a repository of its own", node.requests["forged"])):
        node.must_refuse(what, request("begin_install", **(node.requests["new"] | fields)))
    flipped, at = bytearray(image), node.rng.randrange(len(image))
    flipped[at] ^= 1 << node.rng.randrange(8)
    for what, content in (("one bit more", bytes(flipped)), ("evil bytes", node.rng.randbytes(len(image))),
                          ("the image of another", node.images["forged"])):
        with node.wire() as wire:
            node.begin(wire)
            wire.write(content[:len(image)])
            node.must_refuse(what, request("commit_install"))


def swap_after_verification(node):
    """Whatever was handed over before the commit is of no use after it."""
    with node.wire() as wire:
        node.staged(wire)
        for descriptor in wire.descriptors:
            node.misuse(descriptor, "the spare slot's descriptor")
        node.must_refuse("a write after the commit", node.evil_write(), wire)
        node.must_refuse("a sync after the commit", request("sync_slot"), wire)
        with node.wire() as other:
            node.must_refuse("a write from elsewhere", node.evil_write(), other)


def race_read_back(node):
    """Writes that wait in the socket, and come during the read-back, at every moment."""
    with node.wire() as wire:
        node.begin(wire)
        wire.write(node.images["new"])
        answers, stop = [], threading.Event()

        def write_on():
            while not stop.is_set() and len(answers) < 500:
                try:
                    answers.append(wire.answer(node.evil_write()))
                except Closed:
                    return
        waiting = node.rng.randrange(0, 40)
        wire.send(b"".join(node.evil_write(64) for _ in range(waiting)))
        writer = threading.Thread(target=write_on)
        with node.wire() as other:
            early = node.rng.random() < 0.5
            if early:
                writer.start()
            other.send(request("commit_install"))
            if not early:
                writer.start()
            verdict = other.final()
        stop.set()
        writer.join()
        node.tried += max(1, len(answers))
        node.refusals += [f"race: {a['kind']}: {a['message']}" for a in (*answers, verdict) if a["reply"] == "error"]
        for _ in range(waiting):  # answers to what came before: the next one is to the next write
            wire.receive()
        node.must_refuse("a write after the race", node.evil_write(), wire)


def replay_older(node):
    """What was signed once and is not the newest any more."""
    newest = node.requests["new"]
    with node.wire() as wire:
        node.begin(wire)
    node.must_refuse("the whole older repository", request("begin_install", **node.requests["old"]))
    for part in ("timestamp", "snapshot", "targets"):
        node.must_refuse(f"an older {part}", request("begin_install", **(newest | {part: node.requests["old"][part]})))
    node.must_refuse("an older manifest below the floor", request("begin_install", **node.requests["below_floor"]))
    node.must_refuse("an older manifest below the floor, by force",
                     request("begin_install", **(node.requests["below_floor"] | {"force": True})))


def out_of_order(node):
    """Steps without those that come before them."""
    for operation in ("commit_install", "confirm", "rollback", "sync_slot"):
        node.must_refuse(f"{operation} before anything", request(operation))
    node.must_refuse("a write before the begin", slot_write(0, b"evil"))
    with node.wire() as first, node.wire() as second:
        node.begin(first)
        node.must_refuse("a commit without a byte", request("commit_install"))
        node.begin(second)
        node.must_refuse("a write on the connection that lost the slot", node.evil_write(), first)
        second.write(node.images["new"])
        node.ask(request("abort_install"))
        node.must_refuse("a write after the abort", node.evil_write(), second)
        node.must_refuse("a commit after the abort", request("commit_install"))
        node.must_refuse("a rollback to the aborted slot", request("rollback"))
    with node.wire() as wire:
        node.staged(wire)
        node.must_refuse("a confirmation before the trial", request("confirm"))
        node.begin(wire)  # the armed slot again: it must not boot while it is written
        wire.answer(node.evil_write())
        node.must_refuse("going on with what was armed", request("commit_install"))


def write_running_slot(node):
    """The booted slot, through what is given for reading."""
    for what, data in (("the booted slot", request("open_booted_slot")), ("slot a", request("open_slot", slot="a"))):
        with node.wire() as wire:
            wire.answer(data)
            for descriptor in wire.descriptors:
                node.misuse(descriptor, what)
            node.must_refuse(f"a write to {what}", node.evil_write(), wire)


def paths(node):
    """Names that are paths, devices, or nothing."""
    for name in ("../../etc/shadow", "/etc/shadow", "/dev/loop0", "a/../b", "", "A", "a\0b", "b", ".", "x" * 65536, "\ud800"):
        node.must_refuse("opening a slot", request("open_slot", slot=name))
    for image in ("../rootfs", "/dev/sda", "rootfs\0", "", "*"):
        node.must_refuse("an image", request("begin_install", **(node.requests["new"] | {"image": image})))


def during_trial(node):
    """Nothing may replace a slot while a trial is open, nor end it but the self-tests, a person, or the boot loader."""
    node.must_refuse("a begin during a trial", request("begin_install", **node.requests["new"]))
    node.must_refuse("a begin during a trial, by force", request("begin_install", **(node.requests["new"] | {"force": True})))
    for operation in ("abort_install", "commit_install", "sync_slot"):
        node.must_refuse(f"{operation} during a trial", request(operation))
    node.must_refuse("a write during a trial", slot_write(0, b"evil"))


def honest_install(node):
    """No attack: what the cases that need an updated machine begin with."""
    with node.wire() as wire:
        node.staged(wire)
