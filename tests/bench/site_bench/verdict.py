"""From an outcome to a row of site.json, and whether it holds what its scenario must show. Pure."""
METADATA_BYTES_MAX = 128 * 1024  # of one device: torrent, release, handshakes


def row_of(scenario_name, scenario, tool, outcome, curl_row):
    """(row, list of what does not hold). `outcome`: lab.watch.Outcome, and what one_run.afterwards adds."""
    pack_bytes = outcome.pack_bytes
    ideal_s = pack_bytes * 8 / (scenario.layout.wan_mbit * 1e6)
    row = {"scenario": scenario_name, "tool": tool, "devices": outcome.devices, "done": outcome.installed,
           "wan_payload_ratio": round(outcome.payload_bytes / pack_bytes, 4),
           "wan_wire_ratio": round(outcome.wire_down_bytes / pack_bytes, 4),
           "last_ratio": round(outcome.last_s / ideal_s, 4), "stall_s_max": round(outcome.stall_s_max, 1)}
    if scenario.idle_s and tool == "dunlin":
        row |= {"idle_bytes_per_s": outcome.idle_bytes_per_s, "idle_rss_mib": outcome.idle_rss_mib}
    if scenario.limits.wall_error is not None:
        row["wall_ratio"] = round(outcome.wall_bytes / outcome.budget_bytes, 4)
    broken = broken_limits(row, scenario, ideal_s, outcome)
    if tool == "dunlin":
        broken += disagreements(row, outcome) + slower_than_curl(row, scenario, curl_row)
    return row | {"ok": not broken}, broken


def broken_limits(row, scenario, ideal_s, outcome):
    limits = scenario.limits
    cuts_s = sum(getattr(fault, "for_s", 0) for fault in scenario.faults_for(ideal_s))
    extra_s = row["last_ratio"] * ideal_s - ideal_s - cuts_s
    rate_share = 1 / row["last_ratio"] if row["last_ratio"] else 0
    image_s = outcome.image_bytes * 8 / (scenario.layout.lan_mbit * 1e6)
    wall_error = abs(1 - row.get("wall_ratio", 1))
    checks = [
        (row["done"] == row["devices"], f"{row['done']} of {row['devices']} devices hold the payload"),
        (outcome.faults_are_over, "not every fault of the plan happened"),
        at_most("WAN payload", row["wan_payload_ratio"], limits.payload_ratio),
        at_most("WAN payload beside what was predicted", beside_predicted(outcome), limits.predicted_ratio),
        at_most("WAN on the wire", row["wan_wire_ratio"], limits.wire_ratio),
        at_most("last device done at payload/rate x", row["last_ratio"], limits.last_ratio),
        at_most("seconds beyond payload/rate and cuts", extra_s, limits.last_extra_s),
        at_most("last device done at image/LAN rate x", outcome.last_s / image_s, limits.image_lan_ratio),
        at_most("longest stall", row["stall_s_max"], limits.stall_s),
        at_most("bytes per second at rest", row.get("idle_bytes_per_s", 0), limits.idle_bytes_per_s),
        at_most("MiB of a node at rest", row.get("idle_rss_mib", 0), limits.idle_rss_mib),
        (limits.rate_share_min is None or rate_share >= limits.rate_share_min,
         f"{rate_share:.3f} of the line's rate, at least {limits.rate_share_min} is asked"),
        (not limits.no_kills or outcome.node_kills == 0, f"{outcome.node_kills} nodes were killed: their memory was full"),
        at_most("share of the data budget between it and where the site stopped", wall_error, limits.wall_error),
        (not limits.must_ban or all(outcome.banned_by), "a device that spoils what it sends was banned by nobody"),
    ]
    return [words for holds, words in checks if not holds]


def beside_predicted(outcome):
    predicted = getattr(outcome, "predicted_wan_bytes", 0)
    return outcome.payload_bytes / predicted if predicted else float("inf")


def slower_than_curl(row, scenario, curl_row):
    if not scenario.limits.as_fast_as_curl:
        return []
    if curl_row is None:
        return ["no run of curl to compare with: measure with --tool http too"]
    holds, words = at_most("last device, beside one curl", row["last_ratio"], curl_row["last_ratio"])
    return [] if holds else [words]


def at_most(what, value, limit):
    return limit is None or value <= limit, f"{what} {value:.3f}, at most {limit} is allowed"


def disagreements(row, outcome):
    """What devices count and what the router saw must be the same story."""
    unexplained = outcome.stream_bytes - outcome.payload_bytes
    allowed = 0.01 * outcome.payload_bytes + METADATA_BYTES_MAX * row["devices"]
    if unexplained > allowed:
        return [f"the router saw {unexplained} bytes in streams that no device counts as payload"]
    return []
