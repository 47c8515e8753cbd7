"""A TUF repository that a test can bend: bodies are plain dictionaries, publish() signs them with whatever keys stand for
their role, and an HTTP server hands out what was published and writes down what was asked for."""
import copy
import datetime
import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from signing import canonical, ed25519_key

TOP_LEVEL = ("root", "timestamp", "snapshot", "targets")
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def days_from_now(days):
    return (NOW + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Repository:
    def __init__(self, with_hashes=False):
        self.with_hashes = with_hashes  # timestamp and snapshot name length and SHA-256 too
        self.bodies, self.signers = {}, {}
        self.published = {}  # role -> its files, the first version first
        self.artifacts = {}  # path below targets/ -> bytes
        self.requests = []   # paths as they were asked for
        for role in TOP_LEVEL:
            self.bodies[role] = self.empty_body(role)
        self.bodies["root"] |= {"consistent_snapshot": True, "keys": {}, "roles": {}}
        for role in TOP_LEVEL:
            self.bodies["root"]["roles"][role] = {"keyids": [], "threshold": 1}
            self.add_key(role, ed25519_key())
        self.publish("targets", "snapshot", "timestamp", "root")
        self.server = None

    @staticmethod
    def empty_body(role):
        kind = role if role in TOP_LEVEL else "targets"
        body = {"_type": kind, "spec_version": "1.0.31", "version": 1, "expires": days_from_now(30)}
        return body | ({"targets": {}} if kind == "targets" else {"meta": {}} if kind != "root" else {})

    # What a test changes.

    @property
    def root(self):
        return self.bodies["root"]

    def role_entry(self, role, delegator=None):
        """Where keyids and threshold of a role stand."""
        if delegator is None:
            return self.root["roles"][role]
        return next(each for each in self.bodies[delegator]["delegations"]["roles"] if each["name"] == role)

    def add_key(self, role, key, delegator=None, sign=True):
        keys = self.root["keys"] if delegator is None else self.bodies[delegator]["delegations"]["keys"]
        keys[key.id] = key.json
        self.role_entry(role, delegator)["keyids"].append(key.id)
        if sign:
            self.signers.setdefault(role, []).append(key)

    def replace_keys(self, role, *keys, threshold=1, signers=None):
        self.root["roles"][role] = {"keyids": [], "threshold": threshold}
        self.signers[role] = []
        for key in keys:
            self.add_key(role, key)
        if signers is not None:
            self.signers[role] = list(signers)

    def delegate(self, delegator, name, key=None, **rules):
        """rules: paths or path_hash_prefixes, terminating."""
        rules = rules or {"paths": ["*"]}
        delegations = self.bodies[delegator].setdefault("delegations", {"keys": {}, "roles": []})
        delegations["roles"].append({"name": name, "keyids": [], "threshold": 1, "terminating": False} | rules)
        self.bodies.setdefault(name, self.empty_body(name))
        self.add_key(name, key or ed25519_key(), delegator)

    def add_target(self, role, path, data, algorithms=("sha256",), prefixed=True):
        hashes = {name: hashlib.new(name, data).hexdigest() for name in algorithms}
        self.bodies[role]["targets"][path] = {"length": len(data), "hashes": hashes}
        folder, slash, name = path.rpartition("/")
        for digest in hashes.values():
            self.artifacts[f"{folder}{slash}{digest}.{name}" if prefixed else path] = data

    # What clients see.

    def signed(self, role, body=None):
        body = copy.deepcopy(body or self.bodies[role])
        covered = canonical(body).encode()
        return {"signed": body, "signatures": [{"keyid": key.id, "sig": key.sign(covered).hex()}
                                               for key in self.signers[role]]}

    def publish(self, *roles, edit=None):
        """Signs the next version of each; snapshot and timestamp take up what changed below them, when they are published.
        `edit` may bend the signed file."""
        for role in roles:
            versions = self.published.setdefault(role, [])
            body = self.bodies[role]
            if versions:
                body["version"] += 1
            file = self.signed(role)
            data = json.dumps(edit(file) or file if edit else file, indent=1).encode()
            versions.append(data)
            meta = {"version": body["version"]}
            if self.with_hashes:
                meta |= {"length": len(data), "hashes": {"sha256": sha256(data)}}
            if role == "snapshot":
                self.bodies["timestamp"]["meta"]["snapshot.json"] = meta
            elif role not in ("root", "timestamp"):
                self.bodies["snapshot"]["meta"][f"{role}.json"] = meta

    def publish_all(self, *more):
        self.publish(*more, "targets", "snapshot", "timestamp")

    def newest(self, role):
        return self.published[role][-1]

    def start_again(self, role):
        """The next version that is published is 1 once more."""
        del self.published[role]
        self.bodies[role]["version"] = 1

    def find(self, path):
        """The bytes at a path, or nothing."""
        if path.startswith("/targets/"):
            return self.artifacts.get(urllib.parse.unquote(path.removeprefix("/targets/")))
        name = path.removeprefix("/metadata/").removesuffix(".json")
        version, _, role = name.partition(".")
        if name == "timestamp":
            return self.published.get(name, [None])[-1]
        if role == "root" or self.root["consistent_snapshot"]:
            files = self.published.get(urllib.parse.unquote(role), [])
            return files[int(version) - 1] if version.isdigit() and 1 <= int(version) <= len(files) else None
        return self.published.get(urllib.parse.unquote(name), [None])[-1]

    def asked(self):
        """Names of the metadata files that were asked for since the last call."""
        names = [path.removeprefix("/metadata/") for path in self.requests if path.startswith("/metadata/")]
        self.requests.clear()
        return names

    def serve(self):
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                repository.requests.append(self.path)
                data = repository.find(self.path)
                if data is None:
                    return self.send_error(404)
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        server, self.server = self.server, None
        if server:
            server.shutdown()
            server.server_close()
