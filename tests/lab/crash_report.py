"""build/bench/crash.json: what both crash laboratories said last. Each writes its own part and leaves the other's."""
import json

from bench.rows_store import write_json

ROW = ("lab", "backend", "states", "unbootable", "incomplete", "nonconverging")


def keep(folder, lab, rows, mutations, seed):
    """`mutations`: {name: caught}. Beside the report, crash.labs.json keeps what each laboratory said in full, and with which
    seed. Returns the report's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path, full = folder / "crash.json", folder / "crash.labs.json"
    labs = json.loads(full.read_text(encoding="utf-8")) if full.exists() else {}
    labs[lab] = {"rows": rows, "mutations": mutations, "seed": seed}
    write_json(full, labs)
    write_json(path, summary(dict(sorted(labs.items())), seed))
    return path


def summary(labs, seed):
    whole = [{"lab": lab} | row for lab, said in labs.items() for row in said["rows"]]
    rows = [{name: row[name] for name in ROW} for row in whole]
    mutations = [{"name": name, "caught": caught} for said in labs.values() for name, caught in said["mutations"].items()]
    return {"rows": rows, "mutations": mutations, "seed": seed}
