#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/trust/manifest.h"
#include "core/trust/metadata.h"
#include "core/trust/root_edit.h"
#include "core/trust/signing_request.h"

namespace dunlin {

// How long a file is valid after it was signed.
struct RoleLifetimes {
  std::chrono::hours root{24 * 365 * 5};
  std::chrono::hours targets{24 * 365};
  std::chrono::hours snapshot{24 * 30};
  std::chrono::hours timestamp{24 * 7};
};

struct RoleExpiry {
  WallTime root, targets, snapshot, timestamp;
};

// One file of the repository folder and its bytes.
struct RepositoryOutput {
  std::string path;  // relative to the repository's root: "metadata/3.targets.json"
  std::string bytes;
};

// The operator's side of TUF: holds the keys it was given and the newest state of every role, and makes the
// next signed files. Pure state: the outputs are returned in the order in which they must be written (release
// manifests, roots, targets, snapshot, timestamp last), so that whoever reads in between sees a whole old or
// a whole new repository. Consistent snapshots are always on. Not for several threads at once.
class RepositorySigner {
 public:
  // A new repository: one new Ed25519 key for each role, thresholds 1, root version 1, no targets. Nothing is
  // written: call save_keys(), then write what sign_all() returns (it holds 1.root.json the first time).
  static Result<RepositorySigner> create(const RoleLifetimes& lifetimes, WallTime now);

  // Reads the published metadata, and signs with `keys` (some may be missing: they are kept offline). The
  // metadata is verified, but not for expiry. A damaged file fails with its name (bad_image), a folder
  // without metadata/1.root.json with usage. A root whose timestamp was not written any more (the power went
  // between the two) is no failure: see needs_signing().
  static Result<RepositorySigner> load(Disk& disk, KeyRing keys, const std::string& repository_directory,
                                       const RoleLifetimes& lifetimes);
  // The same with the key files of `key_directory`, for whoever opens none that is sealed.
  static Result<RepositorySigner> load(Disk& disk, const std::string& key_directory,
                                       const std::string& repository_directory,
                                       const RoleLifetimes& lifetimes);

  RepositorySigner(RepositorySigner&&) noexcept;
  RepositorySigner& operator=(RepositorySigner&&) noexcept;
  ~RepositorySigner();

  // Writes every key as `directory`/<role>-<first 8 digits of the key id>.json, mode 0600.
  Result<void> save_keys(Disk& disk, const std::string& directory) const;
  KeyRing& keys();
  // Success when enough keys of the role are here, and open.
  Result<void> unlock(const std::string& role);

  // Adds the release's manifest as the TUF target manifest_target_name(product, version) with custom
  // {"product","version","hardware"}. Published with the next sign_all(). A version that is there already
  // with other bytes fails (usage): a published release never changes. Returns the manifest's file
  // ("targets/releases/<product>/<sha256>.<version>.json").
  Result<RepositoryFile> add_release(const Manifest& manifest);
  // Any other target; replaces one of that name. Its file is the caller's to publish, before sign_all().
  void add_target(const std::string& name, const TargetFile& target);
  // Takes a target out of the next targets file; false when there is none.
  bool remove_target(const std::string& name);

  // Raises targets, snapshot and timestamp by one version and signs them. Fails (usage) with the role's name
  // when its key is not here; then nothing changes.
  Result<std::vector<RepositoryOutput>> sign_all(WallTime now);
  // A new timestamp; and a new snapshot before it when the snapshot would expire before that timestamp, or
  // the root has changed since. Needs only the keys that live on the seeder. Call it well before
  // expiry().timestamp.
  Result<std::vector<RepositoryOutput>> renew_timestamp(WallTime now);

  // The next root with the change, and with it the targets again when others sign them from now on; unsigned.
  Result<SigningRequest> change_root(const RootEdit& edit, WallTime now) const;
  // The next targets, with what was added since; unsigned.
  SigningRequest next_targets(WallTime now) const;
  // The files that a request needs before it can be published: manifests, the first root.
  std::vector<RepositoryOutput> take_pending();
  // Publishes a request that is complete: its files, and snapshot and timestamp anew. Repeatable: files of it
  // that are published already are passed over. usage: signatures are missing, or it does not follow what is
  // published (somebody published in between); then nothing changes.
  Result<std::vector<RepositoryOutput>> take(const SigningRequest& request, WallTime now);
  // The newest root is not yet followed by a timestamp: clients refuse the repository until it is.
  bool needs_signing() const;

  // The latest time at which something published was signed. A clock that is behind it is wrong, or was ahead
  // then: new signatures count from it.
  std::optional<WallTime> proven_time() const;

  TrustedVersions versions() const;
  RoleExpiry expiry() const;
  const std::map<std::string, TargetFile>& targets() const;
  // The newest root file; version 1 is what devices are given.
  const std::string& root_json() const;
  // Its body: {"keys","roles",…}.
  const nlohmann::json& root_body() const;

 private:
  struct State;
  explicit RepositorySigner(std::unique_ptr<State> state);
  // `stages`: what a client trusts after each root; `published`: the one that the other files belong to.
  static RepositorySigner with(const std::vector<TrustedMetadata>& stages, std::size_t published,
                               KeyRing keys, const RoleLifetimes& lifetimes);
  std::unique_ptr<State> state_;
};

// Writes the outputs below `repository_directory`, each one atomically, in their order.
Result<void> write_repository(Disk& disk, const std::string& repository_directory,
                              const std::vector<RepositoryOutput>& outputs);

}  // namespace dunlin
