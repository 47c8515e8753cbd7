#pragma once
#include <string>

#include "core/base/disk.h"

namespace dunlin {

// Where first inputs are put, a folder for each target.
class SeedFolder {
 public:
  explicit SeedFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  PosixDisk& disk() { return disk_; }

  bool write(const std::string& target, const std::string& name, ByteView bytes) {
    const std::string folder = path_ + "/" + target;
    return disk_.create_directories(folder) && write_file_atomically(disk_, folder + "/" + name, bytes);
  }

 private:
  std::string path_;
  PosixDisk disk_;
};

}  // namespace dunlin
