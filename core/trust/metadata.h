#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/disk.h"
#include "core/trust/trust_time.h"

namespace dunlin {

struct DelegatedRole;  // core/trust/tuf_delegation.h
struct TargetsRole;    // core/trust/tuf_targets.h

// The raw files of one TUF repository state, as fetched. What node hands to the applier.
struct MetadataBundle {
  std::vector<std::string> roots;  // root versions after the one the device trusts, in order; may be empty
  std::string timestamp;
  std::string snapshot;
  std::string targets;
};

// One entry of the targets role that names a SHA-256.
struct TargetFile {
  std::uint64_t size = 0;
  Digest sha256;
  std::string custom;  // JSON text of "custom", or empty
};

struct TrustedVersions {
  std::int64_t root = 0, timestamp = 0, snapshot = 0, targets = 0;
};

// TUF 1.0 client workflow (specification section 5) as pure state: bytes in, decisions out, no I/O.
// Every update_* call verifies signatures against the trusted root, type, spec_version, versions (rollback),
// lengths and hashes named by the role above, and expiry against `now`; on failure nothing changes and the
// error names the role: "timestamp: expired at ...", "snapshot: version 3 is older than 5 (rollback)".
class TrustedMetadata {
 public:
  // Starts from a root file that came with the device. It is not checked for expiry here (5.3.10 does that
  // later).
  static Result<TrustedMetadata> from_root(std::string_view root_json);

  Result<void> update_root(std::string_view json);
  // Ends the root chain: the final root must not be expired.
  Result<void> finish_root(TrustTime now);
  Result<void> update_timestamp(std::string_view json, TrustTime now);
  Result<void> update_snapshot(std::string_view json, TrustTime now);
  Result<void> update_targets(std::string_view json, TrustTime now);

  // Applies a whole bundle in the specification's order. All or nothing. Roots that are trusted already are
  // passed over, so a bundle may come from a machine that knows fewer or more of them.
  Result<void> update(const MetadataBundle& bundle, TrustTime now);

  // Takes back files that were trusted before a restart: signatures and form are verified, roots in their
  // order, but neither expiry nor what one file says of another. What does not verify is left out; returns
  // one line for each such file.
  std::vector<std::string> restore(const MetadataBundle& stored);

  // Success when root, timestamp, snapshot and targets are all here, belong together and are valid at `now`:
  // what is trusted may be acted upon without fetching anything. retry_later when something must be fetched.
  Result<void> check_fresh(TrustTime now) const;

  // The latest time at which a trusted file was signed, as far as they say it: no clock is believed to be
  // earlier. Kept with the files, so it survives restarts and never goes back; a key that is taken away takes
  // with it what it proved.
  std::optional<WallTime> proven_time() const;

  TrustedVersions versions() const;
  // Version and, when given, length and SHA-256 of the next files to fetch; known after timestamp / snapshot.
  struct Expected {
    std::int64_t version = 0;
    std::optional<std::uint64_t> length;
    std::optional<Digest> sha256;
  };
  std::optional<Expected> expected_snapshot() const;
  std::optional<Expected> expected_targets() const { return expected_targets("targets"); }
  // Of "targets" or a delegated role, as the trusted snapshot lists it.
  std::optional<Expected> expected_targets(const std::string& role) const;
  // Whether the trusted file is the very one that the role above names: nothing to fetch.
  bool has_named_snapshot() const;
  bool has_named_targets() const;
  bool consistent_snapshot() const;

  // Targets of the trusted top-level targets role that name a SHA-256; empty before update_targets.
  const std::map<std::string, TargetFile>& targets() const;
  // That role whole; null before update_targets. Valid until the next call that changes this object.
  const TargetsRole* targets_role() const;
  // Opens a delegated targets file (5.6.7): hashes, length and version as the trusted snapshot lists them,
  // signatures of the keys that `delegation` names, expiry. Nothing of it is remembered: a file that one
  // delegation vouches for proves nothing to another.
  Result<TargetsRole> open_delegated(const DelegatedRole& delegation, std::string_view json,
                                     TrustTime now) const;
  // Raw bytes of what is trusted now, for persisting and for mirrors: every root after the initial one, and
  // the other files where there are any (else empty).
  MetadataBundle trusted_files() const;
  const std::string& root_json() const;

 private:
  struct State;
  explicit TrustedMetadata(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

// Keeps the trusted files in a directory, written so that a power cut leaves the old state or the new one
// whole.
class MetadataStore {
 public:
  MetadataStore(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  // Loads what was trusted, or starts from `initial_root` (a file path) when the directory is empty. Stored
  // files are verified again except for expiry; damaged ones are dropped in favour of the initial root with a
  // warning.
  Result<TrustedMetadata> load(const std::string& initial_root_path);
  Result<void> save(const TrustedMetadata& metadata);

 private:
  Disk& disk_;
  std::string directory_;
};

}  // namespace dunlin
