#pragma once
#include <atomic>
#include <functional>
#include <string>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/trust/passphrases.h"
#include "seeder/seeder_config.h"
#include "seeder/seeder_paths.h"

namespace dunlin {

enum class BundledPacks {
  full,  // every device can use it
  all,   // delta packs too: a larger file, less to decode for devices that have the base
};

struct BundleRequest {
  std::string version;  // empty: the newest
  BundledPacks packs = BundledPacks::full;
  std::string output;
};

struct BundleOutcome {
  std::string product;
  std::string version;
  std::string newer_version;  // newest one published, when it is another; else empty
  std::size_t packs = 0;
  std::uint64_t size = 0;
  WallTime valid_until;  // devices refuse the bundle afterwards
};

// Where a bundle is made. All outlive the call.
struct BundleMachine {
  Disk& disk;
  Clock& clock;
  // Bytes written, of how many.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress;
  const std::atomic<bool>& cancelled;
  Passphrases* passphrases = nullptr;  // none: keys are plain
};

// Writes a release as one file for sites without WAN (docs/bundle-format.md), first renewing the timestamp
// when that is due and the keys are here. The file appears whole or not at all; the same repository and
// request give the same bytes. usage: no such release, or a version too long; retry_later: a publish runs;
// bad_image: a pack in the repository is damaged; cancelled.
Result<BundleOutcome> make_bundle(const SeederPaths& paths, const SeederConfig& config,
                                  const BundleRequest& request, BundleMachine machine);

}  // namespace dunlin
