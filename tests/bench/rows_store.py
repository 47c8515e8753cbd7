"""Rows of a bench, kept from run to run: a row is measured again only when what it was made from is something else."""
import hashlib
import json
import os
import pathlib


class RowsStore:
    """`path` holds {"rows": [...]}; beside it lies what each row was made from. `identity`: the fields that name a row."""

    def __init__(self, path, identity, fresh=False):
        self.path, self.identity = pathlib.Path(path), identity
        self.made_from = self.path.with_suffix(".made-from.json")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if fresh:
            self.path.unlink(missing_ok=True)
        rows = json.loads(self.path.read_text())["rows"] if self.path.exists() else []
        self.keys = json.loads(self.made_from.read_text()) if self.made_from.exists() else {}
        self.rows = {self.name(row): row for row in rows}

    def name(self, row):
        return " ".join(row[field] for field in self.identity)

    def find(self, name, key):
        """The kept row, or None when there is none made from the same things."""
        return self.rows.get(name) if self.keys.get(name) == key else None

    def add(self, row, key):
        name = self.name(row)
        self.rows[name] = row
        self.keys[name] = key
        write_json(self.path, {"rows": list(self.rows.values())})
        write_json(self.made_from, self.keys)


def key_of(*parts):
    """One word for all the things that a row is made from."""
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()


def write_json(path, value):
    """Whole or not at all: the bench may be stopped at any moment."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value, indent=1) + "\n")
    os.replace(partial, path)
