#include "core/trust/role.h"

#include <algorithm>
#include <set>

#include "core/trust/canonical_json.h"
#include "core/trust/tuf_time.h"

namespace dunlin {

namespace {

constexpr std::size_t signatures_max = 64;
constexpr std::size_t signature_text_max = 8 * 1024;

bool is_supported_spec(std::string_view version) {
  return version.starts_with("1.") && version.size() > 2 && version.size() <= 16 &&
         version.find_first_not_of("0123456789.") == std::string_view::npos;
}

const SignedFile::Signature* find_valid_signature(const SignedFile& file, const PublicKey& key) {
  for (const SignedFile::Signature& signature : file.signatures)
    if (signature.key_id == key.id && key.verify(as_bytes(file.canonical), signature.bytes))
      return &signature;
  return nullptr;
}

Bytes read_signature(const JsonReader& json) {
  const std::string text = json.text(signature_text_max);
  Result<Bytes> bytes = from_hex(text);
  // One spelling only: a file with another byte anywhere is another file.
  const bool is_lower_case = bytes && to_hex(*bytes) == text;
  return is_lower_case ? std::move(*bytes) : Bytes();
}

void read_signatures(const JsonReader& json, std::vector<SignedFile::Signature>& signatures) {
  // Each one may cost a verification over the whole file.
  if (json.value().size() > signatures_max)
    json.refuse("has more than " + std::to_string(signatures_max) + " entries");
  std::set<std::string> key_ids;
  for (const JsonReader& signature : json.elements()) {
    const std::string key_id = signature.at("keyid").text();
    if (!key_ids.insert(key_id).second) signature.refuse("is one more of key " + key_id);
    signatures.push_back({key_id, read_signature(signature.at("sig"))});
  }
}

}  // namespace

RoleKeys read_role_keys(const JsonReader& json, const KeysById& keys) {
  RoleKeys role;
  role.threshold = json.at("threshold").integer(1);
  std::set<std::string> listed;
  for (const JsonReader& id : json.at("keyids").elements()) {
    auto key = keys.find(id.text());
    if (key != keys.end() && listed.insert(key->first).second) role.keys.push_back(key->second);
  }
  return role;
}

Result<SignedFile> parse_signed_file(std::string_view text, std::size_t size_max) {
  Result<nlohmann::json> json = parse_strict_json(text, size_max);
  if (!json) return fail(std::move(json.error()));
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  SignedFile file;
  read_signatures(reader.at("signatures"), file.signatures);
  file.body = reader.at("signed").value();
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  Result<std::string> canonical = to_canonical_json(file.body);
  if (!canonical) return fail(std::move(canonical.error()));
  file.canonical = std::move(*canonical);
  return file;
}

Result<void> verify_signatures(const SignedFile& file, const RoleKeys& role) {
  std::set<Bytes> signers;
  for (const PublicKey& key : role.keys)
    if (find_valid_signature(file, key) != nullptr) signers.insert(key.bytes);
  const auto count = static_cast<std::int64_t>(signers.size());
  if (role.threshold >= 1 && count >= role.threshold) return {};
  return fail(ErrorKind::bad_image, "has " + std::to_string(count) +
                                        " valid signatures of the role's keys, needs " +
                                        std::to_string(role.threshold));
}

RoleHeader read_role_header(const JsonReader& body, const std::string& type) {
  RoleHeader header;
  if (body.at("_type").text() != type) body.at("_type").refuse("is not \"" + type + "\"");
  const std::string spec_version = body.at("spec_version").text();
  if (!is_supported_spec(spec_version))
    body.at("spec_version").refuse("is \"" + spec_version + "\", this program understands 1.x");
  header.version = body.at("version").integer(1);
  const std::optional<WallTime> expires = parse_tuf_time(body.at("expires").text());
  if (!expires) body.at("expires").refuse("is not a time like 2026-01-31T23:59:59Z");
  header.expires = expires.value_or(WallTime{});
  // A file that was signed after its own end proves nothing but a mistake.
  if (body.has(signed_at_member) && body.at(signed_at_member).value().is_string())
    header.signed_at = parse_tuf_time(body.at(signed_at_member).value().get_ref<const std::string&>());
  if (header.signed_at && *header.signed_at >= header.expires) header.signed_at.reset();
  return header;
}

Result<void> check_expiry(std::string_view role, const RoleHeader& header, TrustTime time,
                          std::optional<WallTime> proven) {
  if (judge_expiry(role, header.expires, time, proven) != ExpiryVerdict::expired) return {};
  const std::string name(role);
  if (proven && *proven > time.clock)
    return fail(ErrorKind::retry_later, name + ": expired at " + format_tuf_time(header.expires) +
                                            ", and other files were signed at " + format_tuf_time(*proven) +
                                            " (the clock of this machine says " +
                                            format_tuf_time(time.clock) +
                                            " and is behind): renew the repository");
  return fail(ErrorKind::retry_later, name + ": expired at " + format_tuf_time(header.expires) +
                                          ", and the clock of this machine says " +
                                          format_tuf_time(time.clock) +
                                          ": check the clock; if it is right, renew the repository");
}

FileMeta read_file_meta(const JsonReader& json) {
  FileMeta meta;
  meta.version = json.at("version").integer(1);
  if (json.has("length")) meta.length = json.at("length").size();
  if (!json.has("hashes")) return meta;
  const JsonReader hashes = json.at("hashes");
  if (hashes.has("sha256")) meta.sha256 = hashes.at("sha256").digest();
  if (hashes.has("sha512")) meta.sha512 = hashes.at("sha512").hex(64);
  if (!meta.sha256 && !meta.sha512) hashes.refuse("names neither sha256 nor sha512");
  return meta;
}

Result<void> check_file(const FileMeta& meta, std::string_view bytes) {
  if (meta.length && *meta.length != bytes.size())
    return fail(ErrorKind::bad_image,
                "has " + std::to_string(bytes.size()) + " bytes, expected " + std::to_string(*meta.length));
  if (meta.sha256 && *meta.sha256 != sha256(as_bytes(bytes)))
    return fail(ErrorKind::bad_image, "has another SHA-256 than expected");
  if (!meta.sha512) return {};
  const auto sum = sha512(as_bytes(bytes));
  if (!std::equal(sum.begin(), sum.end(), meta.sha512->begin(), meta.sha512->end()))
    return fail(ErrorKind::bad_image, "has another SHA-512 than expected");
  return {};
}

}  // namespace dunlin
