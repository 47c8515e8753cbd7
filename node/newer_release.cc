#include "node/newer_release.h"

#include "core/trust/version.h"
#include "node/release_check.h"

namespace dunlin {

Task<bool> NewerRelease::is_there(std::string version) {
  if (bundle_.offer()) co_return bundle_.is_news();
  const bool due = check_wanted_ || context_.repository.has_news() ||
                   context_.clock.steady() - last_check_ >= context_.config.check_interval;
  if (!due || !context_.live.applier) co_return false;
  last_check_ = context_.clock.steady();
  check_wanted_ = false;
  const std::string product = context_.live.applier->product;
  const std::string hardware = context_.live.applier->hardware;
  auto offer = co_await context_.repository.newest(product, hardware);
  if (!offer || !*offer) co_return false;
  const std::string& newest = (*offer)->manifest.version;
  context_.live.available_version = newest;
  if (compare_versions(newest, version) <= 0) co_return false;
  Result<std::vector<FailedRelease>> failed = context_.store.failed_releases();
  if (!failed || find_failed(*failed, **offer) != nullptr) co_return false;
  context_.journal.add("superseded", version,
                       "release " + newest + " came out while " + version + " was on its way");
  co_return true;
}

}  // namespace dunlin
