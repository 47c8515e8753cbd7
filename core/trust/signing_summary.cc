// What a signing request changes, in words for whoever signs it.
#include <algorithm>
#include <map>

#include "core/trust/role.h"
#include "core/trust/signing_request.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

Json signed_body(const std::string& text, std::size_t size_max) {
  if (text.empty()) return Json::object();
  Result<SignedFile> file = parse_signed_file(text, size_max);
  return file ? std::move(file->body) : Json::object();
}

std::string text_in(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_in(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const Json& member_of(const Json& json, const std::string& member) {
  static const Json nothing = Json::object();
  const auto found = json.is_object() ? json.find(member) : json.end();
  return json.is_object() && found != json.end() ? *found : nothing;
}

std::string heading(const char* role, const Json& before, const Json& after) {
  return std::string(role) + " " + std::to_string(number_in(before, "version")) + " -> " +
         std::to_string(number_in(after, "version")) + ", valid until " + text_in(after, "expires");
}

void say_ids(const Json& ids, const Json& others, const std::string& words, std::vector<std::string>& lines) {
  for (const Json& id : ids) {
    if (!id.is_string() || std::find(others.begin(), others.end(), id) != others.end()) continue;
    lines.push_back("  " + words + " key " + id.get<std::string>().substr(0, 8));
  }
}

void say_role(const std::string& name, const Json& before, const Json& after,
              std::vector<std::string>& lines) {
  const Json& old_ids = member_of(before, "keyids");
  const Json& new_ids = member_of(after, "keyids");
  say_ids(new_ids, old_ids, name + " gets", lines);
  say_ids(old_ids, new_ids, name + " loses", lines);
  const std::int64_t was = number_in(before, "threshold");
  const std::int64_t is = number_in(after, "threshold");
  if (was != is)
    lines.push_back("  " + name + " needs " + std::to_string(is) + " signatures instead of " +
                    std::to_string(was));
}

void say_targets(const Json& from, const Json& against, const std::string& words,
                 std::vector<std::string>& lines) {
  for (const auto& [name, target] : from.items()) {
    const bool is_there = against.contains(name);
    if (is_there) continue;
    lines.push_back("  " + words + " " + name + ", sha256 " + text_in(member_of(target, "hashes"), "sha256"));
  }
}

void say_changed(const Json& before, const Json& after, std::vector<std::string>& lines) {
  for (const auto& [name, target] : after.items())
    if (before.contains(name) && before[name] != target)
      lines.push_back("  CHANGES " + name + ", sha256 " + text_in(member_of(target, "hashes"), "sha256"));
}

}  // namespace

std::vector<std::string> describe_changes(const SigningRequest& request) {
  std::vector<std::string> lines;
  if (!request.root.empty()) {
    const Json before = signed_body(request.trusted_root, root_size_max);
    const Json after = signed_body(request.root, root_size_max);
    lines.push_back(heading("root", before, after));
    for (const auto& [name, role] : member_of(after, "roles").items())
      say_role(name, member_of(member_of(before, "roles"), name), role, lines);
  }
  if (!request.targets.empty()) {
    const Json before = signed_body(request.trusted_targets, targets_size_max);
    const Json after = signed_body(request.targets, targets_size_max);
    lines.push_back(heading("targets", before, after));
    const Json& was = member_of(before, "targets");
    const Json& is = member_of(after, "targets");
    say_targets(is, was, "adds", lines);
    say_targets(was, is, "takes away", lines);
    say_changed(was, is, lines);
    if (member_of(before, "delegations") != member_of(after, "delegations"))
      lines.push_back("  CHANGES its delegations");
  }
  return lines;
}

}  // namespace dunlin
