#include "node/bundle_verdict.h"

#include "core/trust/release_policy.h"
#include "node/applier_port.h"
#include "node/release_check.h"

namespace dunlin {

Result<BundleVerdict> judge_bundle(const ReleaseOffer& offer, const ApplierStatus& applier) {
  const SlotReport* booted = booted_slot(applier);
  const SlotReport* spare = spare_slot(applier);
  if (booted == nullptr || spare == nullptr)
    return fail(ErrorKind::device,
                "the applier does not know which slot is booted, or has no spare one: see applier.toml");
  if (holds(*booted, offer)) return BundleVerdict::runs_already;
  const std::string& version = offer.manifest.version;
  if (!booted->version.empty() && compare_versions(version, booted->version) < 0)
    return fail(ErrorKind::usage, "the bundle holds release " + version + ", which is older than " +
                                      booted->version +
                                      ", which runs here: make a bundle of a newer release");
  Result<void> fits = check_release(offer.manifest, {applier.product, applier.hardware, applier.version_floor,
                                                     booted->version, spare->capacity});
  if (!fits) return fail(std::move(fits.error()), "the bundle does not fit this device");
  return BundleVerdict::install;
}

Error explain_bundle_failure(Error error) {
  const auto says = [&error](std::string_view word) { return error.message.find(word) != std::string::npos; };
  if (says("expired")) {
    error.message = "the bundle is no longer valid: " + error.message + ", then make another bundle";
  } else if (says("(rollback)")) {
    error.message =
        "the bundle is older than what this device has seen: " + error.message + "; make another bundle";
  } else if (says("valid signatures")) {
    error.message = "the bundle is of another repository than this device's, or damaged: " + error.message +
                    "; make one where this device's releases are published";
  }
  return error;
}

}  // namespace dunlin
