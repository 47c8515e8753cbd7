-- At most one row: what crossed the WAN in the newest month that this device has seen. `own` is what it read
-- itself, never less than that; `shared` what neighbours gave it that the site had just read.
CREATE TABLE wan_month(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  month INTEGER NOT NULL,         -- year * 12 + month, January is 0
  own INTEGER NOT NULL,
  shared INTEGER NOT NULL
);

-- The same for each release this device took up.
CREATE TABLE wan_update(
  version TEXT PRIMARY KEY,
  own INTEGER NOT NULL,
  shared INTEGER NOT NULL
);
