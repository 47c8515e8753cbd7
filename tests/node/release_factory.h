#pragma once
#include <filesystem>

#include "core/content/pack_table.h"
#include "core/encode/pack_encoder.h"
#include "node/repository.h"
#include "tests/precompiled_test.h"

namespace dunlin {

// Bytes that do not compress, the same for the same seed.
Bytes noise(std::size_t size, std::uint64_t seed);

// A published release made by the real encoder: image, packs and manifest.
struct PublishedRelease {
  std::string version;
  Bytes image;
  std::vector<Bytes> packs;     // by manifest order
  std::vector<Bytes> torrents;  // one for each pack
  Bytes image_torrent;
  ReleaseOffer offer;
};

// Encodes a full pack of `image`, and a delta pack when a base is given. `change_pack` may spoil pack bytes
// before they are hashed into the manifest: a release that was published wrong.
PublishedRelease publish(const std::string& version, const Bytes& image, const Bytes* base,
                         const std::function<void(Bytes&)>& change_pack = {});

// The same with a delta pack that somebody else made.
PublishedRelease publish_with_delta(const std::string& version, const Bytes& image, const Bytes& base,
                                    Bytes delta);

}  // namespace dunlin
