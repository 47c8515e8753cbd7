#pragma once
#include "core/base/disk.h"

namespace dunlin {

// Held while something in the seeder's folder changes, so that two publishes, or a publish and the server's
// renewal, never mix. Given back when it goes out of scope or the process ends, however it ends (flock(2)).
class SeederLock {
 public:
  // retry_later: another program holds it.
  static Result<SeederLock> take(Disk& disk, const std::string& path);

 private:
  explicit SeederLock(std::unique_ptr<File> file) : file_(std::move(file)) {}
  std::unique_ptr<File> file_;
};

}  // namespace dunlin
