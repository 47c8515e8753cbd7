#pragma once
#include "node/node_context.h"
#include "node/open_bundle.h"

namespace dunlin {

// The bundle that somebody brought, from the moment it is verified until its release is installed or refused.
// Which one it is survives a restart. On the loop only.
class BundleSource {
 public:
  explicit BundleSource(NodeContext& context) : context_(context) {}

  // Opens and verifies the bundle at `path`, and holds it when its release can be installed. Returns a
  // sentence for the person; failures leave a bundle held before as it was. usage also while the device is
  // between two releases.
  Task<Result<std::string>> take(std::string path, ApplierStatus applier);
  // After a start: opens again what was held. When that fails, the device goes on without.
  Task<> restore();
  // Nobody needs it any more.
  void drop();

  // The release in it; none when no bundle is held.
  const std::optional<ReleaseOffer>& offer() const { return offer_; }
  // The same, for whoever acts on it: from now on it is no news.
  const std::optional<ReleaseOffer>& look();
  bool is_news() const { return is_news_; }
  std::shared_ptr<const OpenBundle> bundle() const { return bundle_; }
  // Its packs, for the planner: as near as a neighbour's.
  std::vector<LanOffer> offers() const;

 private:
  Result<std::string> hold(OpenedBundle opened, const ApplierStatus& applier);
  Result<void> keep_files(const ReleaseOffer& offer, const BundleContents& contents);
  void set(std::shared_ptr<const OpenBundle> bundle, ReleaseOffer offer);

  NodeContext& context_;
  std::shared_ptr<const OpenBundle> bundle_;
  std::optional<ReleaseOffer> offer_;
  bool is_news_ = false;
};

}  // namespace dunlin
