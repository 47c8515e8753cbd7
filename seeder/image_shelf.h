#pragma once
#include <atomic>
#include <functional>
#include <set>

#include "core/base/disk.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

struct ShelvedImage {
  Digest id;
  std::uint64_t size = 0;
};

// Images kept as DIR/images/<id>: what is published is this copy, and the next releases' delta packs are made
// from it. A copy, not a hard link, so that nothing the operator does to his file later changes it; where the
// file system can, it shares blocks with his file (reflink), else holes stay holes.
class ImageShelf {
 public:
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

  ImageShelf(Disk& disk, SeederPaths paths) : disk_(disk), paths_(std::move(paths)) {}

  // Bytes that a copy of the file or block device will take at most (holes of a file are left out).
  // usage: nothing is there, it is a folder, or it is empty.
  Result<std::uint64_t> space_needed(const std::string& path);
  // Reads the image once: copies it and names it. An image that is here already is not stored twice.
  Result<ShelvedImage> take(const std::string& path, const Progress& progress,
                            const std::atomic<bool>* cancel);
  // bad_image when the kept copy no longer has the bytes of its name (it is removed then); reads all of it.
  Result<void> verify(const Digest& id);
  Result<std::unique_ptr<File>> open(const Digest& id);
  bool holds(const Digest& id);
  // Removes every image not in `wanted`.
  Result<void> keep_only(const std::set<Digest>& wanted);

 private:
  Disk& disk_;
  SeederPaths paths_;
};

}  // namespace dunlin
