-- One row: where the machine is. The phase is written here before its effect is done.
CREATE TABLE machine(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  phase TEXT NOT NULL,
  retry_at_ms INTEGER NOT NULL,   -- wall time; 0: nothing to wait for
  attempts INTEGER NOT NULL,      -- failures in a row
  last_error TEXT NOT NULL
);

-- At most one row: the update that is going on (or the last one that was).
CREATE TABLE plan(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version TEXT NOT NULL,
  plan_json TEXT NOT NULL,
  next_segment INTEGER NOT NULL,  -- all before it are synced in the spare slot
  target_bytes INTEGER NOT NULL,  -- image bytes those segments cover
  commit_failures INTEGER NOT NULL
);

-- Bytes by source, one row for each release this device took up.
CREATE TABLE ledger(
  version TEXT PRIMARY KEY,
  slot INTEGER NOT NULL,
  lan INTEGER NOT NULL,
  wan INTEGER NOT NULL,
  resumed INTEGER NOT NULL,
  wasted INTEGER NOT NULL,
  uploaded INTEGER NOT NULL,
  flash_written INTEGER NOT NULL,
  flash_compared INTEGER NOT NULL
);

CREATE TABLE event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,         -- wall time
  kind TEXT NOT NULL,
  version TEXT NOT NULL,          -- the release it is about, or empty
  text TEXT NOT NULL
);

-- Releases that failed here: not installed again unless a person asks.
CREATE TABLE failed_release(
  manifest TEXT PRIMARY KEY,      -- SHA-256; empty bytes are never a manifest's
  version TEXT NOT NULL,
  kind TEXT NOT NULL,             -- "refused" or "fell_back"
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
);

-- Packs kept for the neighbours.
CREATE TABLE kept_pack(
  sha256 TEXT PRIMARY KEY,
  plan_json TEXT NOT NULL
);

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL);
