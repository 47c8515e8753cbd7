#pragma once
#include "core/trust/bundle_contents.h"
#include "tests/fakes/made_bundle.h"
#include "tests/node/release_factory.h"

namespace dunlin {

// A bundle of a release with metadata that only a fake repository takes.
inline Bytes made_release_bundle(const PublishedRelease& release, std::size_t packs = 1) {
  const Manifest& manifest = release.offer.manifest;
  const ImageEntry& image = manifest.images.front();
  std::vector<std::pair<std::string, Bytes>> members = {
      {"bundle.json", to_bytes(to_json(BundleLabel{manifest.product, manifest.version}))},
      {"metadata/timestamp.json", to_bytes("{}")},
      {"metadata/1.snapshot.json", to_bytes("{}")},
      {"metadata/1.targets.json", to_bytes("{}")}};
  members.emplace_back(image.torrent->path, release.image_torrent);
  for (std::size_t i = 0; i < image.packs.size(); ++i)
    members.emplace_back(image.packs[i].torrent.path, release.torrents[i]);
  for (std::size_t i = 0; i < packs; ++i) members.emplace_back(image.packs[i].file.path, release.packs[i]);
  return made_bundle(members);
}

}  // namespace dunlin
