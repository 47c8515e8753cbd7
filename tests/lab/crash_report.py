"""build/bench/crash.json: each crash laboratory writes its own rows and mutations and leaves those of the others."""
import json

from bench.rows_store import write_json


def keep(folder, lab, rows, mutations, seed):
    """`mutations`: {name: caught}. Each row says which seed it replays with; on top stands that of the last run. Returns the
    file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crash.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows = [{"lab": lab, **row, "seed": seed} for row in rows]
    marked = [{"name": name, "caught": caught, "lab": lab} for name, caught in mutations.items()]
    write_json(path, {"rows": in_order(of_others(kept, "rows", lab) + rows),
                      "mutations": in_order(of_others(kept, "mutations", lab) + marked), "seed": seed})
    return path


def of_others(kept, name, lab):
    return [entry for entry in kept.get(name, []) if entry.get("lab", "A") != lab]


def in_order(entries):
    return sorted(entries, key=lambda entry: entry.get("lab", "A"))
