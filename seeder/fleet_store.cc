#include "seeder/fleet_store.h"

#include "dunlin_seeder_migrations.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

namespace {

constexpr std::string_view pack_columns =
    "pack.sha256, pack.size, pack.base, pack.torrent_sha256, pack.torrent_size";

// Columns as in pack_columns.
Result<PackEntry> pack_from(const Statement& row) {
  Result<Digest> id = Digest::from_hex(row.text(0));
  if (!id) return fail(std::move(id.error()), "pack in the database");
  Result<Digest> torrent = Digest::from_hex(row.text(3));
  if (!torrent) return fail(std::move(torrent.error()), "torrent in the database");
  PackEntry pack;
  pack.file = RepositoryFile{SeederPaths::pack(*id), static_cast<std::uint64_t>(row.integer(1)), *id};
  pack.torrent =
      RepositoryFile{SeederPaths::torrent(*torrent), static_cast<std::uint64_t>(row.integer(4)), *torrent};
  if (row.is_null(2)) return pack;
  Result<Digest> base = Digest::from_hex(row.text(2));
  if (!base) return fail(std::move(base.error()), "base in the database");
  pack.base = *base;
  return pack;
}

Result<RepositoryFile> torrent_from(const std::string& sha256, std::int64_t size) {
  Result<Digest> id = Digest::from_hex(sha256);
  if (!id) return fail(std::move(id.error()), "image torrent in the database");
  return RepositoryFile{SeederPaths::torrent(*id), static_cast<std::uint64_t>(size), *id};
}

}  // namespace

Result<FleetStore> FleetStore::open(const std::string& path) {
  Result<Database> database = Database::open(path, dunlin_seeder_migrations);
  if (!database) return fail(std::move(database.error()));
  return FleetStore(std::move(*database));
}

Result<void> FleetStore::record(const Manifest& manifest, const Digest& manifest_sha256, WallTime published) {
  Result<std::optional<PublishedRelease>> known = release(manifest.version);
  if (!known) return fail(std::move(known.error()));
  if (known->has_value()) return {};
  Result<Transaction> transaction = Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  Result<void> inserted = insert_release(manifest, manifest_sha256, published);
  if (!inserted) return fail(std::move(inserted.error()), "recording release " + manifest.version);
  return transaction->commit();
}

Result<void> FleetStore::insert_release(const Manifest& manifest, const Digest& manifest_sha256,
                                        WallTime published) {
  Result<Statement> insert = database_.prepare(
      "INSERT INTO release(product, version, manifest_sha256, published_ms) VALUES(?,?,?,?) RETURNING "
      "sequence");
  if (!insert) return fail(std::move(insert.error()));
  insert->bind(manifest.product).bind(manifest.version).bind(manifest_sha256.hex());
  insert->bind(std::int64_t{published.time_since_epoch().count()});
  Result<bool> row = insert->step();
  if (!row) return fail(std::move(row.error()));
  const std::int64_t sequence = insert->integer(0);
  Result<bool> end = insert->step();
  if (!end) return fail(std::move(end.error()));
  for (const ImageEntry& image : manifest.images) {
    Result<void> inserted = insert_image(sequence, image);
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> FleetStore::insert_image(std::int64_t sequence, const ImageEntry& image) {
  Result<Statement> insert = database_.prepare("INSERT OR IGNORE INTO image(id, size) VALUES(?,?)");
  if (!insert) return fail(std::move(insert.error()));
  Result<void> done = insert->bind(image.id.hex()).bind(image.size).run();
  if (!done) return done;
  Result<Statement> link = database_.prepare(
      "INSERT INTO release_image(release, name, image, torrent_sha256, torrent_size) VALUES(?,?,?,?,?)");
  if (!link) return fail(std::move(link.error()));
  link->bind(sequence).bind(image.name).bind(image.id.hex());
  if (image.torrent) {
    link->bind(image.torrent->sha256.hex()).bind(image.torrent->size);
  } else {
    link->bind(std::nullopt).bind(std::nullopt);
  }
  Result<void> linked = link->run();
  if (!linked) return linked;
  for (const PackEntry& pack : image.packs) {
    Result<void> inserted = insert_pack(sequence, image, pack);
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> FleetStore::insert_pack(std::int64_t sequence, const ImageEntry& image, const PackEntry& pack) {
  Result<Statement> insert = database_.prepare(
      "INSERT OR IGNORE INTO pack(sha256, size, image, base, torrent_sha256, torrent_size) "
      "VALUES(?,?,?,?,?,?)");
  if (!insert) return fail(std::move(insert.error()));
  insert->bind(pack.file.sha256.hex()).bind(pack.file.size).bind(image.id.hex());
  if (pack.base) {
    insert->bind(pack.base->hex());
  } else {
    insert->bind(std::nullopt);
  }
  Result<void> done = insert->bind(pack.torrent.sha256.hex()).bind(pack.torrent.size).run();
  if (!done) return done;
  Result<Statement> link = database_.prepare("INSERT OR IGNORE INTO release_pack(release, pack) VALUES(?,?)");
  if (!link) return fail(std::move(link.error()));
  return link->bind(sequence).bind(pack.file.sha256.hex()).run();
}

Result<std::vector<PublishedRelease>> FleetStore::releases() {
  Result<Statement> query = database_.prepare(
      "SELECT sequence, version, manifest_sha256, published_ms FROM release ORDER BY sequence");
  if (!query) return fail(std::move(query.error()));
  std::vector<PublishedRelease> list;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return list;
    Result<Digest> manifest = Digest::from_hex(query->text(2));
    if (!manifest) return fail(std::move(manifest.error()), "manifest in the database");
    PublishedRelease release{query->integer(0),
                             query->text(1),
                             *manifest,
                             WallTime(std::chrono::milliseconds(query->integer(3))),
                             {}};
    Result<std::vector<ImageEntry>> images = images_of(release.sequence);
    if (!images) return fail(std::move(images.error()));
    release.images = std::move(*images);
    list.push_back(std::move(release));
  }
}

Result<std::optional<PublishedRelease>> FleetStore::release(const std::string& version) {
  Result<std::vector<PublishedRelease>> all = releases();
  if (!all) return fail(std::move(all.error()));
  for (PublishedRelease& one : *all) {
    if (one.version == version) return std::optional<PublishedRelease>(std::move(one));
  }
  return std::optional<PublishedRelease>();
}

Result<std::vector<ImageEntry>> FleetStore::images_of(std::int64_t sequence) {
  Result<Statement> query = database_.prepare(
      "SELECT name, id, size, torrent_sha256, torrent_size FROM release_image JOIN image ON image.id = image "
      "WHERE release = ? ORDER BY name");
  if (!query) return fail(std::move(query.error()));
  query->bind(sequence);
  std::vector<ImageEntry> list;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return list;
    Result<Digest> id = Digest::from_hex(query->text(1));
    if (!id) return fail(std::move(id.error()), "image in the database");
    ImageEntry image;
    image.name = query->text(0);
    image.id = *id;
    image.size = static_cast<std::uint64_t>(query->integer(2));
    if (!query->is_null(3)) {
      Result<RepositoryFile> torrent = torrent_from(query->text(3), query->integer(4));
      if (!torrent) return fail(std::move(torrent.error()));
      image.torrent = std::move(*torrent);
    }
    Result<std::vector<PackEntry>> packs = packs_of(sequence, *id);
    if (!packs) return fail(std::move(packs.error()));
    image.packs = std::move(*packs);
    list.push_back(std::move(image));
  }
}

Result<std::vector<PackEntry>> FleetStore::packs_of(std::int64_t sequence, const Digest& image) {
  Result<Statement> query =
      database_.prepare("SELECT " + std::string(pack_columns) +
                        " FROM release_pack JOIN pack ON pack.sha256 = release_pack.pack "
                        "WHERE release = ? AND image = ? ORDER BY base IS NOT NULL, size");
  if (!query) return fail(std::move(query.error()));
  query->bind(sequence).bind(image.hex());
  std::vector<PackEntry> list;
  while (true) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return list;
    Result<PackEntry> pack = pack_from(*query);
    if (!pack) return fail(std::move(pack.error()));
    list.push_back(std::move(*pack));
  }
}

Result<std::optional<PackEntry>> FleetStore::pack_of(const Digest& image, const std::optional<Digest>& base) {
  Result<Statement> query =
      database_.prepare("SELECT " + std::string(pack_columns) +
                        " FROM pack WHERE image = ? AND base IS ? ORDER BY size LIMIT 1");
  if (!query) return fail(std::move(query.error()));
  query->bind(image.hex());
  if (base) {
    query->bind(base->hex());
  } else {
    query->bind(std::nullopt);
  }
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<PackEntry>();
  Result<PackEntry> pack = pack_from(*query);
  if (!pack) return fail(std::move(pack.error()));
  return std::optional<PackEntry>(std::move(*pack));
}

Result<std::optional<RepositoryFile>> FleetStore::torrent_of(const Digest& image) {
  Result<Statement> query = database_.prepare(
      "SELECT torrent_sha256, torrent_size FROM release_image WHERE image = ? AND torrent_sha256 IS NOT NULL "
      "ORDER BY release LIMIT 1");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->bind(image.hex()).step();
  if (!row) return fail(std::move(row.error()));
  if (!*row) return std::optional<RepositoryFile>();
  Result<RepositoryFile> torrent = torrent_from(query->text(0), query->integer(1));
  if (!torrent) return fail(std::move(torrent.error()));
  return std::optional<RepositoryFile>(std::move(*torrent));
}

Result<std::int64_t> FleetStore::publication_count() {
  Result<Statement> query = database_.prepare("SELECT coalesce(max(sequence), 0) FROM release");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->step();
  if (!row) return fail(std::move(row.error()));
  return query->integer(0);
}

Result<void> FleetStore::set_counter(const std::string& name, std::uint64_t value) {
  Result<Statement> insert = database_.prepare(
      "INSERT INTO counter(name, value) VALUES(?,?) ON CONFLICT DO UPDATE SET value = excluded.value");
  if (!insert) return fail(std::move(insert.error()));
  return insert->bind(name).bind(value).run();
}

Result<std::uint64_t> FleetStore::counter(const std::string& name) {
  Result<Statement> query = database_.prepare("SELECT value FROM counter WHERE name = ?");
  if (!query) return fail(std::move(query.error()));
  Result<bool> row = query->bind(name).step();
  if (!row) return fail(std::move(row.error()));
  return *row ? static_cast<std::uint64_t>(query->integer(0)) : 0;
}

Result<void> FleetStore::add_event(const SeederEvent& event) {
  Result<Statement> insert = database_.prepare("INSERT INTO event(time_ms, kind, text) VALUES(?,?,?)");
  if (!insert) return fail(std::move(insert.error()));
  Result<void> added = insert->bind(std::int64_t{event.time.time_since_epoch().count()})
                           .bind(event.kind)
                           .bind(event.text)
                           .run();
  if (!added) return added;
  Result<Statement> trim =
      database_.prepare("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - 1000");
  if (!trim) return fail(std::move(trim.error()));
  return trim->run();
}

Result<std::vector<SeederEvent>> FleetStore::events(int count) {
  Result<Statement> query =
      database_.prepare("SELECT time_ms, kind, text FROM event ORDER BY id DESC LIMIT ?");
  if (!query) return fail(std::move(query.error()));
  query->bind(std::int64_t{count});
  std::vector<SeederEvent> list;
  for (;;) {
    Result<bool> row = query->step();
    if (!row) return fail(std::move(row.error()));
    if (!*row) return list;
    list.push_back({WallTime(std::chrono::milliseconds(query->integer(0))), query->text(1), query->text(2)});
  }
}

}  // namespace dunlin
