#pragma once
#include <algorithm>

#include "core/base/bytes.h"

namespace dunlin {

// Collects bytes into steps of one length, so that what an encoder gives does not depend on how they came.
class StepBuffer {
 public:
  explicit StepBuffer(std::size_t step) : step_(step) {}

  // Calls `put()` whenever a whole step is held; it must take what is held and clear() or release().
  template <typename Put>
  Result<void> add(ByteView bytes, Put&& put) {
    while (!bytes.empty()) {
      held_.reserve(step_);
      const std::size_t taken = std::min(bytes.size(), step_ - held_.size());
      held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
      bytes = bytes.subspan(taken);
      if (held_.size() < step_) continue;
      Result<void> done = put();
      if (!done) return done;
    }
    return {};
  }

  ByteView held() const { return held_; }
  void clear() { held_.clear(); }
  void release() { held_ = Bytes(); }  // gives its memory back, too

 private:
  std::size_t step_;
  Bytes held_;
};

}  // namespace dunlin
