#pragma once
#include "node/bundle_source.h"

namespace dunlin {

// Facts from which the end of a check is derived.
struct CheckFacts {
  const ApplierStatus& applier;
  const std::optional<ReleaseOffer>& offer;
  const std::vector<FailedRelease>& failed;
  bool asked = false;      // a person asked for this update: earlier failures do not count
  bool automatic = false;  // updates are made without being asked
};

// Whether the slot holds this very release.
bool holds(const SlotReport& slot, const ReleaseOffer& offer);

// Pure: what the check means for the machine.
Outcome judge_offer(const CheckFacts& facts);

// The failed entry that forbids this release, or null.
const FailedRelease* find_failed(const std::vector<FailedRelease>& failed, const ReleaseOffer& offer);

// Asks the applier, and the bundle that was brought or else the repository; the effect `check`.
class ReleaseCheck {
 public:
  ReleaseCheck(NodeContext& context, BundleSource& bundle) : context_(context), bundle_(bundle) {}

  // Keeps the offer for the planner.
  Task<Outcome> run(bool asked);
  const std::optional<ReleaseOffer>& offer() const { return offer_; }

 private:
  Outcome conclude(bool asked);
  Outcome without_repository(const Error& error);

  NodeContext& context_;
  BundleSource& bundle_;
  std::optional<ReleaseOffer> offer_;
};

}  // namespace dunlin
