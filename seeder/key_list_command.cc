#include <algorithm>

#include <fmt/format.h>

#include "core/trust/tuf_time.h"
#include "seeder/key_commands.h"
#include "seeder/pending_change.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

struct PlaceName {
  const char* operator()(const KeptElsewhere& /*unused*/) const { return "elsewhere"; }
  const char* operator()(const Ed25519SecretKey& /*unused*/) const { return "here, not sealed"; }
  const char* operator()(const SecretBox& /*unused*/) const { return "here, sealed"; }
  const char* operator()(const KeptOnToken& /*unused*/) const { return "on a token"; }
};

WallTime expiry_of_role(const RoleExpiry& expiry, const std::string& role) {
  if (role == "root") return expiry.root;
  if (role == "targets") return expiry.targets;
  return role == "snapshot" ? expiry.snapshot : expiry.timestamp;
}

Json key_row(const Json& listed, const std::string& id, const KeyRing& ring) {
  const KeyFile* mine = ring.find(id);
  return {{"keyid", id},
          {"scheme", listed.contains(id) ? listed[id]["scheme"] : Json("unknown")},
          {"place", mine == nullptr ? "elsewhere" : std::visit(PlaceName{}, mine->secret)}};
}

Json role_row(RepositorySigner& signer, const std::string& role) {
  const Json& body = signer.root_body();
  const Json& entry = body["roles"][role];
  Json keys = Json::array();
  for (const Json& id : entry["keyids"])
    keys.push_back(key_row(body["keys"], id.get<std::string>(), signer.keys()));
  return {{"role", role},
          {"threshold", entry["threshold"]},
          {"expires", format_tuf_time(expiry_of_role(signer.expiry(), role))},
          {"keys", keys}};
}

// Key files that speak for nobody (any more).
Json unused_keys(RepositorySigner& signer) {
  Json unused = Json::array();
  for (const KeyFile& key : signer.keys().keys())
    if (!signer.root_body()["keys"].contains(key.id))
      unused.push_back({{"keyid", key.id}, {"role", key.role}, {"file", key.file_name()}});
  return unused;
}

Result<Json> gather_keys(const std::string& directory, SeederMachine machine) {
  Result<SeederConfig> config = load_config(directory, machine.disk);
  if (!config) return fail(std::move(config.error()));
  const SeederPaths paths(directory);
  Result<RepositorySigner> signer = open_signer(paths, *config, machine.disk, machine.passphrases);
  if (!signer) return fail(std::move(signer.error()));
  Result<std::optional<SigningRequest>> waiting = load_pending(paths, machine.disk);
  if (!waiting) return fail(std::move(waiting.error()));
  Json roles = Json::array();
  for (const char* role : top_level_roles) roles.push_back(role_row(*signer, role));
  Json changes = Json::array();
  if (waiting->has_value()) changes = describe_changes(**waiting);
  Json missing = Json::array();
  if (waiting->has_value()) missing = missing_signatures(**waiting);
  return Json{{"root_version", signer->versions().root},
              {"roles", roles},
              {"unused", unused_keys(*signer)},
              {"waiting", changes},
              {"missing", missing}};
}

std::string key_lines(const Json& role) {
  std::string text = fmt::format("{}: {} of {} key(s) must sign; valid until {}\n",
                                 role["role"].get<std::string>(), role["threshold"].get<std::int64_t>(),
                                 role["keys"].size(), role["expires"].get<std::string>());
  for (const Json& key : role["keys"])
    text += fmt::format("  {}  {:<20} {}\n", key["keyid"].get<std::string>().substr(0, 8),
                        key["scheme"].get<std::string>(), key["place"].get<std::string>());
  return text;
}

std::string key_report(const Json& keys) {
  std::string text = fmt::format("root version {}\n", keys["root_version"].get<std::int64_t>());
  for (const Json& role : keys["roles"]) text += key_lines(role);
  for (const Json& key : keys["unused"])
    text += fmt::format("{} speaks for nobody: keep it until the devices have followed, then remove it\n",
                        key["file"].get<std::string>());
  if (!keys["waiting"].empty()) text += "a change waits for signatures:\n";
  for (const Json& line : keys["waiting"]) text += "  " + line.get<std::string>() + "\n";
  for (const Json& line : keys["missing"]) text += "  " + line.get<std::string>() + "\n";
  return text;
}

}  // namespace

int run_key_list(const std::string& directory, StatusForm form, SeederMachine machine) {
  Result<Json> keys = gather_keys(directory, machine);
  if (!keys) return report_failure(keys.error());
  fmt::print("{}", form == StatusForm::json ? keys->dump() + "\n" : key_report(*keys));
  return 0;
}

}  // namespace dunlin
