#include "seeder/seed_set.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::uint64_t torrent_size_max = 64u << 20;

}  // namespace

Result<std::size_t> SeedSet::refresh() {
  Result<std::vector<PublishedRelease>> releases = store_.releases();
  if (!releases) return fail(std::move(releases.error()));
  std::size_t added = 0;
  for (const PublishedRelease& release : *releases) {
    for (const ImageEntry& image : release.images) {
      track_image(image);
      for (const PackEntry& pack : image.packs) {
        if (seeding_.contains(pack.file.sha256)) continue;
        Result<void> done = add(pack);
        if (!done) log_error("cannot seed a pack", {{"pack", pack.file.path}, {"error", done.error()}});
        if (done) ++added;
      }
    }
  }
  return added;
}

Result<TorrentFile> SeedSet::read_torrent(const RepositoryFile& file, Bytes& bytes) {
  Result<Bytes> read = read_file(disk_, paths_.published(file.path), torrent_size_max);
  if (!read) return fail(std::move(read.error()));
  Result<TorrentFile> parsed = parse_torrent(*read);
  if (!parsed) return fail(std::move(parsed.error()), file.path);
  bytes = std::move(*read);
  return parsed;
}

void SeedSet::track_image(const ImageEntry& image) {
  if (!image.torrent || tracked_.contains(image.torrent->sha256)) return;
  Bytes bytes;
  Result<TorrentFile> torrent = read_torrent(*image.torrent, bytes);
  if (!torrent)
    return log_error("cannot track an image", {{"torrent", image.torrent->path}, {"error", torrent.error()}});
  tracker_.add_torrent(swarm_hash_of(torrent->info_hash), Seeding::by_devices);
  tracked_.insert(image.torrent->sha256);
}

Result<void> SeedSet::add(const PackEntry& pack) {
  Bytes torrent;
  Result<TorrentFile> parsed = read_torrent(pack.torrent, torrent);
  if (!parsed) return fail(std::move(parsed.error()));
  tracker_.add_torrent(swarm_hash_of(parsed->info_hash));
  TransferSpec spec;
  spec.name = parsed->name;
  spec.torrent = std::move(torrent);
  spec.path = paths_.published(pack.file.path);
  spec.seed_only = true;
  spec.content = pack.file.sha256;
  Result<TransferId> id = swarm_.add(std::move(spec));
  if (!id) return fail(std::move(id.error()));
  seeding_.emplace(pack.file.sha256, *id);
  return {};
}

std::uint64_t SeedSet::uploaded_bytes() const {
  std::uint64_t total = 0;
  for (const auto& [pack, id] : seeding_) total += swarm_.status(id).bytes.uploaded;
  return total;
}

}  // namespace dunlin
