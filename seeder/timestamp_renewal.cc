#include "seeder/timestamp_renewal.h"

#include "core/base/log.h"
#include "seeder/seeder_lock.h"

namespace dunlin {

WallTime renewal_due(const RoleExpiry& expiry, const RoleLifetimes& lifetimes) {
  return expiry.timestamp - lifetimes.timestamp / 2;
}

Result<WallTime> renew_if_due(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                              Clock& clock) {
  Result<SeederLock> lock = SeederLock::take(disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<RepositorySigner> signer =
      RepositorySigner::load(disk, paths.keys(), paths.repository(), config.lifetimes);
  if (!signer) return fail(std::move(signer.error()));
  const RoleExpiry before = signer->expiry();
  if (before.targets < clock.now() + config.lifetimes.targets / 8)
    log_warning(
        "the targets metadata expires soon: publish a release, or devices will refuse this repository");
  if (clock.now() < renewal_due(before, config.lifetimes)) return renewal_due(before, config.lifetimes);
  Result<std::vector<RepositoryOutput>> outputs = signer->renew_timestamp(clock.now());
  if (!outputs) return fail(std::move(outputs.error()));
  Result<void> written = write_repository(disk, paths.repository(), *outputs);
  if (!written) return fail(std::move(written.error()));
  log_info("timestamp renewed", {{"version", signer->versions().timestamp}});
  return renewal_due(signer->expiry(), config.lifetimes);
}

}  // namespace dunlin
