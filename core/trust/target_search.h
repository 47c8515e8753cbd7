#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/trust/metadata.h"
#include "core/trust/metadata_request.h"
#include "core/trust/tuf_targets.h"

namespace dunlin {

// Looks for one target through the delegations (TUF specification 5.6.7) without I/O: pre-order, depth first,
// in the order of the delegations, each role once. A terminating delegation has the last word. A role that
// cannot be had or verified ends the search, and so does the 33rd one (both are failures): an attacker can
// only cost so much. Start it when `metadata` is fresh.
class TargetSearch {
 public:
  static constexpr std::size_t delegated_roles_max = 32;

  // `metadata` outlives this and stays as it is. `began` is the fixed update start time (5.1).
  TargetSearch(const TrustedMetadata& metadata, std::string target, TrustTime began);

  // The delegated file to look at now; nothing when the search is over.
  Result<std::optional<MetadataRequest>> next();
  // The bytes of that file, from wherever: a kept copy may be tried first. A failure changes nothing, and
  // the same file may be given again from elsewhere.
  Result<void> take(std::string_view json);
  // Empty while the search goes on, and for good when nobody lists the target.
  const std::optional<TargetEntry>& found() const { return found_; }

 private:
  void look_into(const TargetsRole& role);

  const TrustedMetadata& metadata_;
  std::string target_;
  TrustTime began_;
  std::vector<DelegatedRole> open_;  // still to be looked at; the next one is the last
  std::set<std::string> visited_;
  std::optional<TargetEntry> found_;
};

}  // namespace dunlin
