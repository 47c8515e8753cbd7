#include "seeder/timestamp_renewal.h"

#include "core/base/log.h"
#include "core/trust/tuf_time.h"
#include "seeder/pending_change.h"
#include "seeder/seeder_lock.h"

namespace dunlin {

WallTime renewal_due(const RoleExpiry& expiry, const RoleLifetimes& lifetimes) {
  return expiry.timestamp - lifetimes.timestamp / 2;
}

Result<RenewalReport> renew_if_due(const SeederPaths& paths, const SeederConfig& config, Disk& disk,
                                   Clock& clock, Passphrases& passphrases) {
  Result<SeederLock> lock = SeederLock::take(disk, paths.lock());
  if (!lock) return fail(std::move(lock.error()));
  Result<RepositorySigner> signer = open_signer(paths, config, disk, passphrases);
  if (!signer) return fail(std::move(signer.error()));
  const std::optional<WallTime> proven = signer->proven_time();
  if (proven && clock.now() + std::chrono::hours(1) < *proven)
    log_warning("the clock of this machine is behind the time at which the repository was signed",
                {{"clock", format_tuf_time(clock.now())}, {"signed", format_tuf_time(*proven)}});
  RenewalReport report;
  Result<bool> finished = finish_pending(paths, disk, *signer, clock.now());
  if (!finished) return fail(std::move(finished.error()));
  Result<std::optional<SigningRequest>> waiting = load_pending(paths, disk);
  if (!waiting) return fail(std::move(waiting.error()));
  report.is_change_waiting = waiting->has_value();
  const bool is_due = clock.now() >= renewal_due(signer->expiry(), config.lifetimes);
  if (signer->needs_signing() || is_due) {
    Result<std::vector<RepositoryOutput>> outputs = signer->renew_timestamp(clock.now());
    if (!outputs) return fail(std::move(outputs.error()));
    Result<void> written = write_repository(disk, paths.repository(), *outputs);
    if (!written) return fail(std::move(written.error()));
    report.renewed = true;
  }
  report.versions = signer->versions();
  report.expiry = signer->expiry();
  report.next = renewal_due(report.expiry, config.lifetimes);
  return report;
}

}  // namespace dunlin
