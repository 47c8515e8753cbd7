#include "core/trust/tuf_targets.h"

#include "core/trust/canonical_json.h"

namespace dunlin {

namespace {

TargetFile read_target(const JsonReader& json) {
  TargetFile target;
  target.size = json.at("length").size();
  target.sha256 = json.at("hashes").at("sha256").digest();
  if (!json.has("custom")) return target;
  Result<std::string> custom = to_canonical_json(json.at("custom").value());
  if (custom)
    target.custom = std::move(*custom);
  else
    json.at("custom").refuse(custom.error().message);
  return target;
}

}  // namespace

Result<TargetsRole> parse_targets(const SignedFile& file) {
  JsonFailure failure;
  JsonReader body(file.body, "", failure);
  TargetsRole role;
  role.header = read_role_header(body, "targets");
  for (const auto& [name, target] : body.at("targets").members()) role.targets[name] = read_target(target);
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()));
  return role;
}

}  // namespace dunlin
