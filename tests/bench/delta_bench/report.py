"""The table on the terminal, and what the figures must be."""
PEERS_LEFT_OUT = ("dunlin", "dunlin-chunks", "full-zstd-19")
MB = 1e6

# (file system, pair): (must be at most, goal), MB; everything a device downloads.
LIMITS = {
    ("ext4", "v2-v3"): (0.16, 0.12),
    ("ext4", "v3-v4"): (2.5, 2.2),
    ("ext4", "v1-v2"): (11, 9),
    ("squashfs", "v2-v3"): (0.16, 0.10),
    ("squashfs", "v3-v4"): (2.6, 2.3),
    ("squashfs", "v1-v2"): (12, 9.5),
}
EROFS_SHARE, EROFS_GOAL = 0.7, 0.3
DECODE_RSS_MB = 48
DECODE_WALL_SHARE = 1.5
ENCODE_CPU_S, ENCODE_RSS_MB = 360, 3072
FULL_PACK_SHARE = 1.03


def best_peer(rows):
    sizes = [r["bytes"] for r in rows if r["tool"] not in PEERS_LEFT_OUT and r["bytes"] is not None]
    return min(sizes) if sizes else None


def groups(rows):
    found = {}
    for row in rows:
        found.setdefault((row["fs"], row["pair"]), []).append(row)
    return found


def figure(value, width, form):
    return f"{'-' if value is None else format(value, form):>{width}}"


def table(rows):
    lines = []
    for (fs, pair), group in groups(rows).items():
        best = best_peer(group)
        lines += ["", f"{fs} {pair}", f"  {'tool':<19}{'bytes':>13} {'/best peer':>10}  {'encode':>9}{'MB':>7}  {'decode':>8}{'wall':>7}{'MB':>7}"]
        for row in sorted(group, key=lambda r: (r["bytes"] is None, r["bytes"])):
            ratio = row["bytes"] / best if best and row["bytes"] is not None else None
            lines.append(f"  {row['tool']:<19}{figure(row['bytes'], 13, ',d')} {figure(ratio, 10, '.3f')}  "
                         f"{figure(row['encode_cpu_s'], 7, '.1f')} s{figure(row['encode_rss_mb'], 7, '.0f')}  "
                         f"{figure(row['decode_cpu_s'], 6, '.2f')} s{figure(row['decode_wall_s'], 7, '.2f')}"
                         f"{figure(row['decode_rss_mb'], 7, '.1f')}" + (f"  {row['note']}" if row.get("note") else ""))
    return "\n".join(lines)


def check(rows):
    """(holds, what) for everything the rows can tell."""
    verdicts = []
    for (fs, pair), group in groups(rows).items():
        by_tool = {row["tool"]: row for row in group}
        if "dunlin" in by_tool:
            verdicts += check_delta(fs, pair, by_tool["dunlin"], by_tool, best_peer(group))
        if "dunlin-chunks" in by_tool:
            verdicts += check_chunks(fs, pair, by_tool["dunlin-chunks"], by_tool)
    return verdicts


def check_delta(fs, pair, ours, by_tool, best):
    name = f"{fs} {pair}"
    if (fs, pair) in LIMITS:
        limit, goal = LIMITS[fs, pair]
        yield ours["bytes"] <= limit * MB, f"{name}: {ours['bytes'] / MB:.3f} MB, must be <= {limit}, goal {goal}"
    elif fs == "erofs" and best:
        yield ours["bytes"] <= EROFS_SHARE * best, (f"{name}: {ours['bytes'] / best:.2f} of the best peer, must be <= "
                                                    f"{EROFS_SHARE}, goal {EROFS_GOAL}")
    yield ours["decode_rss_mb"] <= DECODE_RSS_MB, f"{name}: decodes in {ours['decode_rss_mb']} MiB, must be <= {DECODE_RSS_MB}"
    zstd = by_tool.get("zstd-patch-from-19")
    if fs == "ext4" and zstd:
        wall = ours["decode_wall_s"] - (ours.get("reencode_cpu_s") or 0)
        share = wall / max(zstd["decode_wall_s"], 0.01)
        yield share <= DECODE_WALL_SHARE, (f"{name}: decodes in {wall:.2f} s (re-encoding apart), {share:.2f} of zstd's, "
                                           f"must be <= {DECODE_WALL_SHARE}")
    if name == "ext4 v1-v2":
        yield ours["encode_cpu_s"] <= ENCODE_CPU_S, f"{name}: encodes in {ours['encode_cpu_s']:.0f} CPU s, must be <= {ENCODE_CPU_S}"
        yield ours["encode_rss_mb"] <= ENCODE_RSS_MB, f"{name}: encodes in {ours['encode_rss_mb']:.0f} MiB, must be <= {ENCODE_RSS_MB}"


def check_chunks(fs, pair, ours, by_tool):
    name = f"{fs} {pair}"
    casync, full = by_tool.get("casync-64k"), by_tool.get("full-zstd-19")
    if (fs, pair) == ("ext4", "v1-v4") and casync:
        share = ours["bytes"] / casync["bytes"]
        yield share <= 1, f"{name}: chunks of any base, {share:.2f} of casync 64 KiB, must be <= 1, goal 0.8"
    if full:
        share = ours["full_pack_bytes"] / full["bytes"]
        yield share <= FULL_PACK_SHARE, f"{name}: the full pack is {share:.3f} of zstd -19 --long=27, must be <= {FULL_PACK_SHARE}"
