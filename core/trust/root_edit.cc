#include "core/trust/root_edit.h"

#include <algorithm>
#include <set>

namespace dunlin {

namespace {

using Json = nlohmann::json;

bool lists(const Json& role, const std::string& id) {
  const Json& ids = role["keyids"];
  return std::find(ids.begin(), ids.end(), Json(id)) != ids.end();
}

Result<void> take_away(Json& role, const std::string& name, const std::string& id) {
  if (!lists(role, id))
    return fail(ErrorKind::usage, "key " + id.substr(0, 8) + " does not speak for role " + name);
  Json kept = Json::array();
  for (const Json& each : role["keyids"])
    if (each != Json(id)) kept.push_back(each);
  role["keyids"] = kept;
  return {};
}

Result<void> give(Json& body, const std::string& role_name, const KeyFile& key) {
  for (const auto& [name, role] : body["roles"].items()) {
    if (!lists(role, key.id)) continue;
    return fail(ErrorKind::usage, "key " + key.id.substr(0, 8) + " speaks for role " + name +
                                      " already; each role has keys of its own");
  }
  if (key.role != role_name)
    return fail(ErrorKind::usage, key.name() + " was made for another role than " + role_name);
  body["keys"][key.id] = to_key_json(key);
  body["roles"][role_name]["keyids"].push_back(key.id);
  return {};
}

// Keys that speak for no role any more leave the root.
void drop_unused(Json& body) {
  std::set<std::string> used;
  for (const Json& role : body["roles"])
    for (const Json& id : role["keyids"]) used.insert(id.get<std::string>());
  Json kept = Json::object();
  for (const auto& [id, key] : body["keys"].items())
    if (used.contains(id)) kept[id] = key;
  body["keys"] = kept;
}

Result<void> check_threshold(const Json& role, const std::string& name) {
  const auto threshold = role["threshold"].get<std::int64_t>();
  if (threshold < 1) return fail(ErrorKind::usage, "the threshold of role " + name + " must be at least 1");
  const auto keys = static_cast<std::int64_t>(role["keyids"].size());
  if (keys >= threshold) return {};
  return fail(ErrorKind::usage, "role " + name + " would have " + std::to_string(keys) +
                                    " key(s) and the threshold " + std::to_string(threshold) +
                                    ": add keys first, or lower the threshold");
}

}  // namespace

Result<nlohmann::json> edit_root(nlohmann::json body, const RootEdit& edit) {
  if (!is_top_level_role(edit.role))
    return fail(ErrorKind::usage,
                "there is no role " + edit.role + "; roles are root, targets, snapshot and timestamp");
  Json& role = body["roles"][edit.role];
  for (const std::string& id : edit.remove) {
    Result<void> taken = take_away(role, edit.role, id);
    if (!taken) return fail(std::move(taken.error()));
  }
  for (const KeyFile& key : edit.add) {
    Result<void> given = give(body, edit.role, key);
    if (!given) return fail(std::move(given.error()));
  }
  if (edit.threshold) role["threshold"] = *edit.threshold;
  Result<void> checked = check_threshold(role, edit.role);
  if (!checked) return fail(std::move(checked.error()));
  drop_unused(body);
  return body;
}

}  // namespace dunlin
