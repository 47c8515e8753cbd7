#pragma once
#include "node/node_context.h"

namespace dunlin {

// Facts from which the end of a check is derived.
struct CheckFacts {
  const ApplierStatus& applier;
  const std::optional<ReleaseOffer>& offer;
  const std::vector<FailedRelease>& failed;
  bool asked = false;      // a person asked for this update: earlier failures do not count
  bool automatic = false;  // updates are made without being asked
};

// Pure: what the check means for the machine.
Outcome judge_offer(const CheckFacts& facts);

// The failed entry that forbids this release, or null.
const FailedRelease* find_failed(const std::vector<FailedRelease>& failed, const ReleaseOffer& offer);

// Asks the applier and the repository; the effect `check`.
class ReleaseCheck {
 public:
  explicit ReleaseCheck(NodeContext& context) : context_(context) {}

  // Keeps the offer for the planner.
  Task<Outcome> run(bool asked);
  const std::optional<ReleaseOffer>& offer() const { return offer_; }

 private:
  Outcome conclude(bool asked);
  Outcome without_repository(const Error& error);

  NodeContext& context_;
  std::optional<ReleaseOffer> offer_;
};

}  // namespace dunlin
