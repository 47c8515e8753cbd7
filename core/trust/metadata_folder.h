#pragma once
#include "core/trust/metadata.h"

namespace dunlin {

// Trusted metadata as other TUF clients keep it, a file for each role: root.json, timestamp.json,
// snapshot.json, targets.json, and for each delegated role <name>.json with the name percent-encoded; the
// bytes are those of the repository. root_history/N.root.json has every root that was ever taken.
//
// After a power cut the folder is what it was before a save or after it, or on the way between two steps of
// the client workflow, never a mix that the workflow does not know: each file is replaced whole, a new root
// lies in the history before anything else changes, files that it takes away go before root.json is replaced,
// and load() finishes the way. Files are verified again whenever they are read. One process at a time.
class MetadataFolder {
 public:
  MetadataFolder(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  // Begins anew with this root, which must be signed by its own keys; whatever was trusted before is removed.
  Result<void> begin(std::string_view root_json);
  // usage: no root.json; bad_image: it does not verify. Other files that do not are left out with a warning.
  Result<TrustedMetadata> load();
  // Writes what differs from the folder and removes what is no longer trusted.
  Result<void> save(const TrustedMetadata& metadata);

  // A kept file of a delegated role, not verified; nothing when there is none.
  std::optional<std::string> delegated(const std::string& role);
  Result<void> save_delegated(const std::string& role, std::string_view json);

 private:
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string history_file(std::int64_t version) const;
  Result<void> remove_all(const std::string& folder);
  // Nothing when the file is missing or cannot be read.
  std::optional<std::string> read(const std::string& path, std::size_t size_max);
  Result<void> put(const std::string& path, std::string_view text, std::size_t size_max);
  Result<void> remove_unless(const std::string& path, std::string_view text, std::size_t size_max);
  Result<void> save_root(const TrustedMetadata& metadata);
  void follow_history(TrustedMetadata& metadata);

  Disk& disk_;
  std::string path_;
};

}  // namespace dunlin
