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

// A torrent file, complete and synced in the work folder.
struct StagedTorrent {
  RepositoryFile file;
  std::string path;
};

// Encodes packs of shelved images, and torrents of packs and images, into the work folder. Nothing it makes
// is visible to a device.
class PackMaker {
 public:
  PackMaker(Disk& disk, SeederPaths paths, ImageShelf& shelf, std::string tracker_url)
      : disk_(disk), paths_(std::move(paths)), shelf_(shelf), tracker_url_(std::move(tracker_url)) {}

  // Without `base` a full pack. device: the disk is full or broken; cancelled.
  Result<StagedPack> make(const Digest& image, const std::optional<Digest>& base,
                          const EncodeOptions& options);

  // The torrent of the image's raw bytes; reads all of it. The same image and tracker give the same file.
  // device: the disk is full or broken; cancelled.
  Result<StagedTorrent> make_image_torrent(const Digest& image, const ImageShelf::Progress& progress,
                                           const std::atomic<bool>* cancel);

 private:
  Result<EncodeSummary> encode(const Digest& image, const std::optional<Digest>& base, File& output,
                               const EncodeOptions& options);
  Result<StagedPack> stage(File& pack, std::uint64_t size, const std::string& path,
                           const std::optional<Digest>& base);

  Result<StagedTorrent> stage_torrent(const ByteSource& content, const std::string& name);

  Disk& disk_;
  SeederPaths paths_;
  ImageShelf& shelf_;
  std::string tracker_url_;
};

}  // namespace dunlin
