-- What has been published. The signed repository is the truth; these tables are an index of it that
-- `publish` mends, and the counters that `serve` keeps.
CREATE TABLE release(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows with every publication
  product TEXT NOT NULL,
  version TEXT NOT NULL,
  manifest_sha256 TEXT NOT NULL,
  published_ms INTEGER NOT NULL,               -- Unix time
  UNIQUE(product, version)
);
CREATE TABLE image(
  id TEXT PRIMARY KEY,                         -- SHA-256 of the bytes
  size INTEGER NOT NULL
);
CREATE TABLE release_image(
  release INTEGER NOT NULL REFERENCES release(sequence),
  name TEXT NOT NULL,
  image TEXT NOT NULL REFERENCES image(id),
  PRIMARY KEY(release, name)
);
CREATE TABLE pack(
  sha256 TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  image TEXT NOT NULL REFERENCES image(id),
  base TEXT,                                   -- image that a delta pack needs; none for a full pack
  torrent_sha256 TEXT NOT NULL,
  torrent_size INTEGER NOT NULL
);
CREATE TABLE release_pack(
  release INTEGER NOT NULL REFERENCES release(sequence),
  pack TEXT NOT NULL REFERENCES pack(sha256),
  PRIMARY KEY(release, pack)
);
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL);
