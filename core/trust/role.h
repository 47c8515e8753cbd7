#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/trust/json_reader.h"
#include "core/trust/trust_time.h"
#include "core/trust/tuf_key.h"

namespace dunlin {

// Largest files we read; TUF leaves the figures to the client.
inline constexpr std::size_t root_size_max = 512 * 1024;
inline constexpr std::size_t timestamp_size_max = 16 * 1024;
inline constexpr std::size_t snapshot_size_max = 2 * 1024 * 1024;
inline constexpr std::size_t targets_size_max = 5 * 1024 * 1024;

// The keys that speak for a role, and how many of them must.
struct RoleKeys {
  std::vector<PublicKey> keys;
  std::int64_t threshold = 1;  // at least 1
};

// Reads "keyids" and "threshold". An id that `keys` lacks speaks for nobody; one that is listed again counts
// once.
RoleKeys read_role_keys(const JsonReader& json, const KeysById& keys);

// A metadata file taken apart: {"signed": {...}, "signatures": [...]}. Members nobody knows stay in `body`
// and are covered by the signatures.
struct SignedFile {
  struct Signature {
    std::string key_id;
    Bytes bytes;
  };
  nlohmann::json body;    // "signed"
  std::string canonical;  // the bytes that signatures cover
  std::vector<Signature> signatures;
};
// At most 64 signatures, no two under one key id (TUF specification 4.1). A signature that is not lower-case
// hexadecimal is one that never verifies: it does not spoil the others.
Result<SignedFile> parse_signed_file(std::string_view json, std::size_t size_max);

// Success when at least `threshold` different keys of the role signed the file. A key counts once, however
// often its id is listed and under however many ids; unknown and wrong signatures are passed over.
Result<void> verify_signatures(const SignedFile& file, const RoleKeys& role);

// What every role begins with.
struct RoleHeader {
  std::int64_t version = 0;  // at least 1
  WallTime expires{};
  // When it was signed, by our own publisher's word ("x-dunlin-signed-at"); other tools do not say it.
  std::optional<WallTime> signed_at;
};
inline constexpr const char* signed_at_member = "x-dunlin-signed-at";
// Refuses another _type, and a spec_version other than 1.x.
RoleHeader read_role_header(const JsonReader& body, const std::string& type);

// Fails (retry_later) when the role is no longer valid. `proven`: the latest time at which trusted files were
// signed. The message says which clock was believed.
Result<void> check_expiry(std::string_view role, const RoleHeader& header, TrustTime time,
                          std::optional<WallTime> proven);

// What timestamp says of snapshot, and snapshot of targets.
struct FileMeta {
  std::int64_t version = 0;
  std::optional<std::uint64_t> length;
  std::optional<Digest> sha256;
  std::optional<Bytes> sha512;
};
FileMeta read_file_meta(const JsonReader& json);
// Length and hashes, where given.
Result<void> check_file(const FileMeta& meta, std::string_view bytes);

}  // namespace dunlin
