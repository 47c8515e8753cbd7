-- The torrent of the image's raw bytes, as the release names it; none: the release was published without.
ALTER TABLE release_image ADD COLUMN torrent_sha256 TEXT;
ALTER TABLE release_image ADD COLUMN torrent_size INTEGER;
