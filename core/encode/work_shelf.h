#pragma once
#include <optional>

#include "core/base/digest.h"
#include "core/base/disk.h"

namespace dunlin {

// Finished parts of a long encoding, kept in a folder so that the same encoding, run again, need not make
// them again. A part is found only by an encoding with the same identity. Safe from several threads.
class WorkShelf {
 public:
  // `identity` tells everything that the parts depend on. The folder is made when the first part is kept.
  WorkShelf(Disk& disk, std::string folder, ByteView identity);

  // Nothing when there is none, or when it is damaged.
  std::optional<Bytes> find(std::string_view part) const;
  // A part that cannot be kept is made again next time: no failure.
  void keep(std::string_view part, ByteView bytes) const;

 private:
  Digest key(std::string_view part) const;
  std::string path(const Digest& key) const;

  Disk& disk_;
  std::string folder_;
  Digest identity_;
};

}  // namespace dunlin
