#pragma once
// A seeder's folder on a simulated disk, and a device's view of it: what it would trust and could decode.
#include <gtest/gtest.h>

#include "core/content/assembler.h"
#include "core/trust/release_policy.h"
#include "seeder/publisher.h"
#include "seeder/seeder_config.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/written_image.h"

namespace dunlin {

// Bytes that compress about as a root file system does: some noise, some repeats, some zeros.
inline Bytes make_image(std::uint64_t seed, std::size_t size = 150'000) {
  Bytes image(size);
  SeededRandom random(seed);
  random.fill(ByteSpan(image).subspan(0, size / 3));
  for (std::size_t i = size / 3; i < 2 * size / 3; ++i) image[i] = static_cast<std::uint8_t>(i / 100);
  return image;
}

// The same image with a few bytes changed.
inline Bytes changed(Bytes image, std::size_t offset) {
  for (std::size_t i = offset; i < offset + 100 && i < image.size(); ++i) image[i] ^= 0x5A;
  return image;
}

class PublisherWorld {
 public:
  PublisherWorld() {
    config.product = "edge";
    config.url = "https://10.0.0.1:8443";
    config.listen = "0.0.0.0:8443";
    RepositorySigner signer = RepositorySigner::create(config.lifetimes, clock.now()).value();
    for (const std::string folder : {"metadata", "targets", "packs", "torrents"})
      EXPECT_TRUE(disk.create_directories(paths.published(folder)));
    EXPECT_TRUE(disk.create_directories(paths.keys()));
    EXPECT_TRUE(signer.save_keys(disk, paths.keys()));
    EXPECT_TRUE(write_repository(disk, paths.repository(), signer.sign_all(clock.now()).value()));
    disk.sync_all();
  }

  PublishRequest request(const std::string& version, const Bytes& image) {
    disk.put("/in/" + version, image);
    PublishRequest wanted;
    wanted.version = version;
    wanted.images["rootfs"] = "/in/" + version;
    wanted.level = 1;
    return wanted;
  }

  Result<PublishOutcome> publish(const PublishRequest& wanted) {
    const auto ignore = [](const std::string&, std::uint64_t, std::uint64_t) {};
    Publisher publisher(paths, config, PublishMachine{disk, clock, store, ignore, &cancel});
    return publisher.publish(wanted);
  }
  Result<PublishOutcome> publish(const std::string& version, const Bytes& image) {
    return publish(request(version, image));
  }

  // The metadata as a device takes it, from the first root on.
  Result<TrustedMetadata> trusted() {
    Result<TrustedMetadata> metadata = TrustedMetadata::from_root(text("metadata/1.root.json"));
    if (!metadata) return metadata;
    MetadataBundle bundle;
    bundle.timestamp = text("metadata/timestamp.json");
    Result<void> updated = metadata->finish_root(clock.now());
    if (updated) updated = metadata->update_timestamp(bundle.timestamp, clock.now());
    if (updated)
      updated = metadata->update_snapshot(
          text("metadata/" + std::to_string(metadata->expected_snapshot()->version) + ".snapshot.json"),
          clock.now());
    if (updated)
      updated = metadata->update_targets(
          text("metadata/" + std::to_string(metadata->expected_targets()->version) + ".targets.json"),
          clock.now());
    if (!updated) return fail(std::move(updated.error()));
    return metadata;
  }

  // The newest release a device would take; checks on the way that everything it names is there, whole.
  std::string newest_version() {
    const Result<TrustedMetadata> metadata = trusted();
    if (!metadata) return "untrusted: " + metadata.error().message;
    const std::optional<ReleaseTarget> release = select_release(*metadata, config.product, "pc");
    if (!release) return "none";
    const Result<Manifest> manifest = open_release(*release, as_bytes(text(release->repository_path())));
    if (!manifest) return "bad manifest: " + manifest.error().message;
    for (const ImageEntry& image : manifest->images) {
      if (!image.torrent) return "no torrent: " + image.name;
      if (sha256(as_bytes(text(image.torrent->path))) != image.torrent->sha256)
        return "damaged: " + image.torrent->path;
      for (const PackEntry& pack : image.packs) {
        for (const RepositoryFile& file : {pack.file, pack.torrent}) {
          if (sha256(as_bytes(text(file.path))) != file.sha256) return "damaged: " + file.path;
        }
      }
    }
    return manifest->version;
  }

  // What a device gets out of a pack.
  Bytes decode(const PackEntry& pack, const Bytes& base) {
    const MemorySource source(disk.get(paths.published(pack.file.path)).value());
    const MemorySource base_source(base);
    const PackTable table = parse_pack_table(source).value();
    Assembler assembler(table, source, pack.base ? &base_source : nullptr);
    WrittenImage image;
    EXPECT_TRUE(write_segments(assembler, 0, table.segments.size(), image).has_value());
    return image.bytes;
  }

  std::vector<std::string> files(const std::string& folder) { return disk.list(folder).value(); }

  FakeDisk disk;
  FakeClock clock;
  SeederPaths paths{"/seeder"};
  SeederConfig config;
  FleetStore store = FleetStore::open(":memory:").value();
  std::atomic<bool> cancel{false};

 private:
  std::string text(const std::string& path) { return disk.get_text(paths.published(path)).value_or(""); }
};

}  // namespace dunlin
