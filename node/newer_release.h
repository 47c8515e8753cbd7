#pragma once
#include "node/bundle_source.h"

namespace dunlin {

// Asks the repository, while an update is being fetched, whether a newer one came out: at every check
// interval, when a neighbour knows more, and when the operator asks.
class NewerRelease {
 public:
  // `check_wanted` is set by the operator, and cleared when the check is made.
  NewerRelease(NodeContext& context, const BundleSource& bundle, bool& check_wanted)
      : context_(context), bundle_(bundle), check_wanted_(check_wanted) {}

  // The update begins now.
  void begin() { last_check_ = context_.clock.steady(); }
  // True when the repository now offers a release newer than `version` that did not fail here, or somebody
  // brought a bundle. While one is held, the repository is not asked.
  Task<bool> is_there(std::string version);

 private:
  NodeContext& context_;
  const BundleSource& bundle_;
  bool& check_wanted_;
  SteadyTime last_check_{};
};

}  // namespace dunlin
