#pragma once
#include "applier/installer.h"
#include "core/base/clock.h"
#include "core/trust/manifest.h"
#include "core/trust/metadata.h"
#include "core/trust/release_policy.h"

namespace dunlin {

// Decides whether a release may be installed. Trusts nothing but the root metadata that came with the device
// and what it verified and stored itself.
class ReleaseGate {
 public:
  // `max_staleness`: of timestamp and snapshot, after they expired (core/trust/trust_time.h).
  ReleaseGate(Disk& disk, const Clock& clock, std::string metadata_folder, std::string root_path,
              std::chrono::hours max_staleness)
      : clock_(clock),
        store_(disk, std::move(metadata_folder)),
        root_path_(std::move(root_path)),
        max_staleness_(max_staleness) {}

  // The device's root of trust can be read.
  Result<void> check();

  // Verifies the metadata against what is trusted and keeps them (never to go back), then the manifest
  // against its signed target, then the release against the device. Every refusal names what was wrong.
  Result<AdmittedImage> admit(const InstallRequest& request, const DeviceFacts& device);

 private:
  Result<TrustedMetadata> update_metadata(const InstallRequest& request);

  const Clock& clock_;
  MetadataStore store_;
  std::string root_path_;
  std::chrono::hours max_staleness_;
};

}  // namespace dunlin
