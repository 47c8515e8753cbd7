#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/trust/key_file.h"

namespace dunlin {

// One change of who speaks for a role. Nothing set: the same again, with a new version and expiry.
struct RootEdit {
  std::string role;
  std::vector<KeyFile> add;         // public halves suffice
  std::vector<std::string> remove;  // key ids
  std::optional<std::int64_t> threshold;
};

// The root's body with the change, unsigned; version and expiry stay the caller's. Pure. usage with what to
// do: an unknown role or key, a key that speaks for another role already (roles have separate keys), a key
// that is there, fewer keys than the threshold, a threshold below 1.
Result<nlohmann::json> edit_root(nlohmann::json body, const RootEdit& edit);

}  // namespace dunlin
