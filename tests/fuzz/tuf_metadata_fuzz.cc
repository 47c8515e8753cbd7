// Any JSON as a metadata file. The first byte says which role reads it. What signatures cover means the same
// when it is read again, and an accepted role keeps the promises of its header.
#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/metadata.h"
#include "core/trust/tuf_root.h"
#include "core/trust/tuf_snapshot.h"
#include "core/trust/tuf_targets.h"
#include "core/trust/tuf_timestamp.h"

namespace {

using namespace dunlin;

void read_as_root(const SignedFile& file, std::string_view json) {
  const Result<RootRole> root = parse_root(file);
  if (!root) return;
  for (const char* role : {"root", "timestamp", "snapshot", "targets"})
    CHECK(root->keys_of(role).threshold >= 1);
  CHECK(!has_lost_key(*root, *root, "timestamp"));
  Result<TrustedMetadata> trusted = TrustedMetadata::from_root(json);
  CHECK(!trusted || verify_signatures(file, root->keys_of("root")));
  if (!trusted) return;
  CHECK(!trusted->update_root(json));  // never its own successor
}

void read_as_snapshot(const SignedFile& file) {
  const Result<SnapshotRole> snapshot = parse_snapshot(file);
  CHECK(!snapshot || check_succession(*snapshot, *snapshot));
}

void read_as_targets(const SignedFile& file) {
  const Result<TargetsRole> role = parse_targets(file);
  if (!role) return;
  CHECK(role->target_files().size() <= role->targets.size());
  for (const DelegatedRole& delegation : role->delegations) {
    CHECK(!delegation.name.empty() && delegation.keys.threshold >= 1);
    CHECK(delegation.paths.empty() || delegation.path_hash_prefixes.empty());
    const bool covers = delegation.covers("team/file");
    CHECK(!covers || !delegation.paths.empty() || !delegation.path_hash_prefixes.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Result<SignedFile> file = parse_signed_file(json, targets_size_max);
  if (!file) return 0;
  const Result<nlohmann::json> again = parse_strict_json(file->canonical, 2 * targets_size_max);
  const Result<std::string> canonical = again ? to_canonical_json(*again) : Result<std::string>();
  // Control characters stand as they are in canonical JSON, and no parser takes them back.
  CHECK(!again || (canonical && *canonical == file->canonical));
  switch (data[0] % 4) {
    case 0:
      read_as_root(*file, json);
      break;
    case 1: {
      const Result<TimestampRole> timestamp = parse_timestamp(*file);
      CHECK(!timestamp || timestamp->snapshot.version >= 1);
      break;
    }
    case 2:
      read_as_snapshot(*file);
      break;
    case 3:
      read_as_targets(*file);
      break;
  }
  return 0;
}
