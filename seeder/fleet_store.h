#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/sqlite.h"
#include "core/trust/manifest.h"

namespace dunlin {

struct PublishedRelease {
  std::int64_t sequence = 0;
  std::string version;
  Digest manifest_sha256;
  WallTime published;
  std::vector<ImageEntry> images;  // names, sizes, ids, torrents and packs
};

struct SeederEvent {
  WallTime time;
  std::string kind;  // "renewed", "renewal_failed", "expires_soon"
  std::string text;
};

// DIR/seeder.db: what this seeder has published, and what it has sent. One product per folder.
class FleetStore {
 public:
  static Result<FleetStore> open(const std::string& path);

  // Adds a release in one transaction; one that is already there with the same manifest is left alone.
  Result<void> record(const Manifest& manifest, const Digest& manifest_sha256, WallTime published);

  // Every release, oldest publication first.
  Result<std::vector<PublishedRelease>> releases();
  Result<std::optional<PublishedRelease>> release(const std::string& version);
  // The published pack of this image (from this base; none: the full pack), when there is one.
  Result<std::optional<PackEntry>> pack_of(const Digest& image, const std::optional<Digest>& base);
  // The published torrent of this image's raw bytes, when there is one.
  Result<std::optional<RepositoryFile>> torrent_of(const Digest& image);
  // Grows with every publication: the sign that there is something new to serve.
  Result<std::int64_t> publication_count();

  Result<void> set_counter(const std::string& name, std::uint64_t value);
  Result<std::uint64_t> counter(const std::string& name);  // 0 when it was never set

  // Keeps the newest 1,000.
  Result<void> add_event(const SeederEvent& event);
  // At most `count`, the newest first.
  Result<std::vector<SeederEvent>> events(int count);

 private:
  explicit FleetStore(Database database) : database_(std::move(database)) {}
  Result<void> insert_release(const Manifest& manifest, const Digest& manifest_sha256, WallTime published);
  Result<void> insert_image(std::int64_t sequence, const ImageEntry& image);
  Result<void> insert_pack(std::int64_t sequence, const ImageEntry& image, const PackEntry& pack);
  Result<std::vector<ImageEntry>> images_of(std::int64_t sequence);
  Result<std::vector<PackEntry>> packs_of(std::int64_t sequence, const Digest& image);

  Database database_;
};

}  // namespace dunlin
