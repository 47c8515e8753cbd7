-- What happened to the repository while nobody looked: renewals, failures of them, expiry that comes near.
CREATE TABLE event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ms INTEGER NOT NULL,                    -- Unix time
  kind TEXT NOT NULL,
  text TEXT NOT NULL
);
