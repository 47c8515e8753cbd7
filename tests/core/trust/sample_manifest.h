#pragma once
#include "core/trust/manifest.h"
#include "core/trust/repository_path.h"

namespace dunlin {

inline Digest digest_of(std::string_view text) {
  return sha256(as_bytes(text));
}

// A release with one image, its full pack and one delta.
inline Manifest sample_manifest(const std::string& version) {
  const Digest full = digest_of("full pack " + version);
  const Digest delta = digest_of("delta pack " + version);
  ImageEntry image;
  image.name = "rootfs";
  image.size = 512 << 20;
  image.id = digest_of("image " + version);
  image.torrent = RepositoryFile{torrent_path(digest_of("image torrent " + version)), 700,
                                 digest_of("image torrent " + version)};
  image.packs.push_back(
      {{pack_path(full), 100'000'000, full}, {torrent_path(full), 900, full}, std::nullopt});
  image.packs.push_back(
      {{pack_path(delta), 2'000'000, delta}, {torrent_path(delta), 800, delta}, digest_of("image before")});
  Manifest manifest;
  manifest.product = "edge";
  manifest.version = version;
  manifest.hardware = {"pc", "board-2"};
  manifest.images.push_back(image);
  return manifest;
}

}  // namespace dunlin
