#pragma once
#include "core/encode/pack_encoder.h"
#include "core/trust/manifest.h"
#include "seeder/image_shelf.h"

namespace dunlin {

// A pack and its torrent file, complete and synced in the work folder, ready to be moved into the repository.
struct StagedPack {
  PackEntry entry;
  std::string pack_path;
  std::string torrent_path;
};

// Encodes packs of shelved images into the work folder. Nothing it makes is visible to a device.
class PackMaker {
 public:
  PackMaker(Disk& disk, SeederPaths paths, ImageShelf& shelf, std::string tracker_url)
      : disk_(disk), paths_(std::move(paths)), shelf_(shelf), tracker_url_(std::move(tracker_url)) {}

  // Without `base` a full pack. device: the disk is full or broken; cancelled.
  Result<StagedPack> make(const Digest& image, const std::optional<Digest>& base,
                          const EncodeOptions& options);

 private:
  Result<EncodeSummary> encode(const Digest& image, const std::optional<Digest>& base, File& output,
                               const EncodeOptions& options);
  Result<StagedPack> stage(File& pack, std::uint64_t size, const std::string& path,
                           const std::optional<Digest>& base);

  Disk& disk_;
  SeederPaths paths_;
  ImageShelf& shelf_;
  std::string tracker_url_;
};

}  // namespace dunlin
