#pragma once
#include "node/shelves.h"

namespace dunlin {

// Turns an offered release into a stored plan, refusing what cannot work before a byte of it is fetched or
// written; the effect `plan`.
class ReleasePlanner {
 public:
  ReleasePlanner(NodeContext& context, Shelves shelves) : context_(context), shelves_(shelves) {}

  Task<Outcome> run(ReleaseOffer offer);

 private:
  // Rules of the release, and the plan when all hold.
  Result<UpdatePlan> make_plan(const ReleaseOffer& offer, std::vector<LanOffer> offers);
  Result<SourcePlan> choose_source(const ImageEntry& image, const SlotReport& booted,
                                   std::vector<LanOffer> offers);
  Result<void> preflight(const UpdatePlan& plan);

  NodeContext& context_;
  Shelves shelves_;
};

// The event a failure while preparing means: a release that breaks a rule is refused for good, everything
// else is tried again.
Outcome outcome_of(const Error& error);

}  // namespace dunlin
