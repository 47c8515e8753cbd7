#pragma once
#include <memory>
#include <string>

#include "core/base/result.h"

namespace dunlin {

// Held while something in the seeder's folder changes, so that two publishes, or a publish and the server's
// renewal, never mix. Given back when it goes out of scope or the process ends, however it ends (flock(2)).
class SeederLock {
 public:
  // retry_later: another program holds it.
  static Result<SeederLock> take(const std::string& path);

  SeederLock(SeederLock&& other) noexcept;
  SeederLock& operator=(SeederLock&&) = delete;
  ~SeederLock();

 private:
  explicit SeederLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace dunlin
