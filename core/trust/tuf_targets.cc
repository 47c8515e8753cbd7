#include "core/trust/tuf_targets.h"

#include <algorithm>

#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

void read_hashes(const JsonReader& json, TargetEntry& target) {
  if (json.members().empty()) json.refuse("is empty");
  if (json.has("sha256")) target.sha256 = json.at("sha256").digest();
  if (!json.has("sha512")) return;
  target.sha512 = json.at("sha512").hex(64);
  if (target.sha512->size() != 64) json.at("sha512").refuse("is not a SHA-512 (128 hexadecimal digits)");
}

TargetEntry read_target(const JsonReader& json) {
  TargetEntry target;
  target.size = json.at("length").size();
  read_hashes(json.at("hashes"), target);
  if (json.has("custom")) target.custom = to_json_text(json.at("custom").value());
  return target;
}

}  // namespace

Result<void> check_target(const TargetEntry& target, ByteView bytes) {
  if (!target.sha256 && !target.sha512)
    return fail(ErrorKind::bad_image, "names no hash that this program knows (sha256, sha512)");
  if (bytes.size() != target.size)
    return fail(ErrorKind::bad_image,
                "has " + std::to_string(bytes.size()) + " bytes, expected " + std::to_string(target.size));
  if (target.sha256 && *target.sha256 != sha256(bytes))
    return fail(ErrorKind::bad_image, "has another SHA-256 than expected");
  if (!target.sha512) return {};
  const auto sum = sha512(bytes);
  if (std::equal(sum.begin(), sum.end(), target.sha512->begin(), target.sha512->end())) return {};
  return fail(ErrorKind::bad_image, "has another SHA-512 than expected");
}

std::map<std::string, TargetFile> TargetsRole::target_files() const {
  std::map<std::string, TargetFile> files;
  for (const auto& [name, target] : targets)
    if (target.sha256) files.emplace(name, TargetFile{target.size, *target.sha256, target.custom});
  return files;
}

Result<TargetsRole> parse_targets(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  TargetsRole role;
  role.header = read_role_header(body, "targets");
  for (const auto& [name, target] : body.at("targets").members()) role.targets[name] = read_target(target);
  if (body.has("delegations")) role.delegations = read_delegations(body.at("delegations"));
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return role;
}

}  // namespace dunlin
