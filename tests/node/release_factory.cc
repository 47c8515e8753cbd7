#include "tests/node/release_factory.h"

#include <cstdlib>

#include "core/base/random.h"
#include "swarm/torrent_file.h"

namespace dunlin {

namespace {

Bytes encode(const Bytes& image, const Bytes* base) {
  std::string name = (std::filesystem::temp_directory_path() / "dunlin-pack-XXXXXX").string();
  const int descriptor = ::mkstemp(name.data());
  EXPECT_GE(descriptor, 0);
  const std::unique_ptr<File> file = adopt_descriptor(descriptor, name);
  std::filesystem::remove(name);
  EncodeOptions options;
  options.level = 1;
  const MemorySource target(image);
  Result<EncodeSummary> summary = base == nullptr
                                      ? encode_full_pack(target, *file, options)
                                      : encode_delta_pack(target, MemorySource(*base), *file, options);
  EXPECT_TRUE(summary) << summary.error().message;
  Bytes pack(*file->size());
  EXPECT_TRUE(read_exactly(*file, 0, pack));
  return pack;
}

PackEntry add_pack(PublishedRelease& release, Bytes pack, std::optional<Digest> base) {
  const Digest digest = sha256(pack);
  Bytes torrent = make_torrent(MemorySource(pack), digest.hex() + ".pack", {}).value();
  PackEntry entry;
  entry.file = {"packs/" + digest.hex() + ".pack", pack.size(), digest};
  entry.torrent = {"torrents/" + sha256(torrent).hex() + ".torrent", torrent.size(), sha256(torrent)};
  entry.base = base;
  release.packs.push_back(std::move(pack));
  release.torrents.push_back(std::move(torrent));
  return entry;
}

PublishedRelease publish_packs(const std::string& version, const Bytes& image, Bytes full, const Bytes* base,
                               Bytes delta) {
  PublishedRelease release;
  release.version = version;
  release.image = image;
  ImageEntry entry;
  entry.name = "rootfs";
  entry.size = image.size();
  entry.id = sha256(image);
  release.image_torrent = make_torrent(MemorySource(image), image_torrent_name(entry.id), {}).value();
  const Digest torrent = sha256(release.image_torrent);
  entry.torrent =
      RepositoryFile{"torrents/" + torrent.hex() + ".torrent", release.image_torrent.size(), torrent};
  entry.packs.push_back(add_pack(release, std::move(full), std::nullopt));
  if (base != nullptr) entry.packs.push_back(add_pack(release, std::move(delta), sha256(*base)));
  Manifest manifest;
  manifest.product = "edge";
  manifest.version = version;
  manifest.images.push_back(std::move(entry));
  release.offer.manifest_bytes = to_bytes(to_json(manifest));
  release.offer.manifest_sha256 = sha256(release.offer.manifest_bytes);
  release.offer.manifest = std::move(manifest);
  return release;
}

}  // namespace

Bytes noise(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  SeededRandom(seed).fill(bytes);
  return bytes;
}

PublishedRelease publish(const std::string& version, const Bytes& image, const Bytes* base,
                         const std::function<void(Bytes&)>& change_pack) {
  Bytes full = encode(image, nullptr);
  if (change_pack) change_pack(full);
  return publish_packs(version, image, std::move(full), base,
                       base == nullptr ? Bytes() : encode(image, base));
}

PublishedRelease publish_with_delta(const std::string& version, const Bytes& image, const Bytes& base,
                                    Bytes delta) {
  return publish_packs(version, image, encode(image, nullptr), &base, std::move(delta));
}

}  // namespace dunlin
