#pragma once
#include <map>
#include <vector>

#include "core/base/clock.h"
#include "core/base/digest.h"

namespace dunlin {

// Images that neighbours said they had and did not give: left alone for a while, so that a plan made again
// takes another way. Forgotten at a restart.
class StarvedImages {
 public:
  static constexpr std::chrono::minutes left_alone{10};

  void add(const Digest& image, SteadyTime now) { since_[image] = now; }
  std::vector<Digest> list(SteadyTime now) const {
    std::vector<Digest> out;
    for (const auto& [image, since] : since_) {
      if (now - since < left_alone) out.push_back(image);
    }
    return out;
  }

 private:
  std::map<Digest, SteadyTime> since_;
};

}  // namespace dunlin
