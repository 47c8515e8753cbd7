"""Rows, kept from run to run: a row is measured again only when an image or the tool is another one."""
import hashlib
import json
import os
import pathlib


def tool_version(tool, seeder_digest):
    return seeder_digest if tool.startswith("dunlin") else "1"


class Results:
    """build/bench/delta.json holds the rows; beside it lies what each was made from."""

    def __init__(self, path, fresh):
        self.path = pathlib.Path(path)
        self.made_from = self.path.with_suffix(".made-from.json")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if fresh:
            self.path.unlink(missing_ok=True)
        rows = json.loads(self.path.read_text())["rows"] if self.path.exists() else []
        self.keys = json.loads(self.made_from.read_text()) if self.made_from.exists() else {}
        self.rows = {self.name(row["fs"], row["pair"], row["tool"]): row for row in rows}

    @staticmethod
    def name(fs, pair, tool):
        return f"{fs} {pair} {tool}"

    @staticmethod
    def key(old, new, version):
        return hashlib.sha256(f"{old.digest} {new.digest} {version}".encode()).hexdigest()

    def find(self, fs, pair, tool, key):
        name = self.name(fs, pair, tool)
        return self.rows.get(name) if self.keys.get(name) == key else None

    def add(self, row, key):
        name = self.name(row["fs"], row["pair"], row["tool"])
        self.rows[name] = row
        self.keys[name] = key
        write_json(self.path, {"rows": list(self.rows.values())})
        write_json(self.made_from, self.keys)


def write_json(path, value):
    """Whole or not at all: the bench may be stopped at any moment."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value, indent=1) + "\n")
    os.replace(partial, path)
