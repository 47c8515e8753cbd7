"""Rows as a table on the terminal."""
COLUMNS = [("scenario", "scenario", "{}"), ("tool", "tool", "{}"), ("devices", "devices", "{}"), ("done", "done", "{}"),
           ("WAN payload", "wan_payload_ratio", "{:.3f} x"), ("WAN wire", "wan_wire_ratio", "{:.3f} x"),
           ("last", "last_ratio", "{:.3f} x"), ("stall", "stall_s_max", "{:.1f} s"), ("ok", "ok", "{}")]


def table(rows):
    cells = [[title for title, _, _ in COLUMNS]]
    shown = [row | {"ok": "ok" if row["ok"] else "NO"} for row in rows]
    cells += [[form.format(row[field]) for _, field, form in COLUMNS] for row in shown]
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)
