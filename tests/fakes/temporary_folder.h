#pragma once
#include <filesystem>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/disk.h"

namespace dunlin {

// A real folder that is gone after the test; for what FakeDisk cannot stand in for (sockets, SQLite,
// programs).
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dunlin-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  // Returns the file's path; folders on the way are made.
  std::string write(const std::string& name, std::string_view text) const {
    PosixDisk disk;
    const std::string path = path_ + "/" + name;
    CHECK(disk.create_directories(std::filesystem::path(path).parent_path().string()).has_value());
    CHECK(write_file_atomically(disk, path, as_bytes(text)).has_value());
    return path;
  }

 private:
  std::string path_;
};

}  // namespace dunlin
