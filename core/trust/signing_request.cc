#include "core/trust/signing_request.h"

#include <algorithm>
#include <set>

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/role.h"
#include "core/trust/tuf_root.h"

namespace dunlin {

namespace {

constexpr const char* request_type = "dunlin-signing-request";
constexpr std::size_t request_size_max = 32 * 1024 * 1024;

Result<SignedFile> open_member(const std::string& text, std::size_t size_max, const char* name) {
  Result<SignedFile> file = parse_signed_file(text, size_max);
  if (!file) return fail(std::move(file.error()), std::string("signing request: ") + name);
  return file;
}

Result<RootRole> open_root_member(const std::string& text, const char* name) {
  Result<SignedFile> file = open_member(text, root_size_max, name);
  if (!file) return fail(std::move(file.error()));
  Result<RootRole> root = parse_root(*file);
  if (!root) return fail(std::move(root.error()), std::string("signing request: ") + name);
  return root;
}

Result<RoleHeader> targets_header(const std::string& text, const char* name) {
  Result<SignedFile> file = open_member(text, targets_size_max, name);
  if (!file) return fail(std::move(file.error()));
  JsonFailure failure;
  const RoleHeader header = read_role_header(JsonReader(file->body, "", failure), "targets");
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()), std::string("signing request: ") + name);
  return header;
}

Result<void> check_follows(std::int64_t before, std::int64_t after, const char* name) {
  if (after == before + 1) return {};
  return fail(ErrorKind::bad_image, std::string("signing request: ") + name + " in version " +
                                        std::to_string(after) + " does not follow " + std::to_string(before));
}

Result<void> check_request_root(const SigningRequest& request) {
  Result<RootRole> before = open_root_member(request.trusted_root, "trusted_root");
  if (!before) return fail(std::move(before.error()));
  if (request.root.empty()) return {};
  Result<RootRole> after = open_root_member(request.root, "root");
  if (!after) return fail(std::move(after.error()));
  return check_follows(before->header.version, after->header.version, "root");
}

Result<void> check_request_targets(const SigningRequest& request) {
  std::int64_t before = 0;
  if (!request.trusted_targets.empty()) {
    Result<RoleHeader> header = targets_header(request.trusted_targets, "trusted_targets");
    if (!header) return fail(std::move(header.error()));
    before = header->version;
  }
  if (request.targets.empty()) return {};
  Result<RoleHeader> after = targets_header(request.targets, "targets");
  if (!after) return fail(std::move(after.error()));
  return check_follows(before, after->version, "targets");
}

// Of a request that was parsed or made here.
RootRole root_of(const std::string& text) {
  Result<RootRole> root = open_root_member(text, "root");
  CHECK(root.has_value());
  return std::move(*root);
}

// One file of a request and whose signatures it needs.
struct WantedFile {
  std::string name;
  std::string* text;
  std::size_t size_max;
  struct Party {
    std::string words;  // "old keys of role root"
    RoleKeys keys;
  };
  std::vector<Party> parties;
};

std::vector<WantedFile> wanted_files(SigningRequest& request) {
  const RootRole before = root_of(request.trusted_root);
  std::vector<WantedFile> files;
  std::optional<RootRole> after;
  if (!request.root.empty()) {
    after = root_of(request.root);
    files.push_back({"root",
                     &request.root,
                     root_size_max,
                     {{"keys that root has now", before.keys_of("root")},
                      {"keys that root gets", after->keys_of("root")}}});
  }
  if (!request.targets.empty())
    files.push_back({"targets",
                     &request.targets,
                     targets_size_max,
                     {{"keys of targets", (after ? *after : before).keys_of("targets")}}});
  return files;
}

bool has_signed(const SignedFile& file, const PublicKey& key) {
  return std::any_of(file.signatures.begin(), file.signatures.end(), [&](const auto& signature) {
    return signature.key_id == key.id && key.verify(as_bytes(file.canonical), signature.bytes);
  });
}

// A wrong signature of the same key gives way: one id, one signature.
void put_signature(std::string& text, std::size_t size_max, const std::string& id, const Bytes& bytes) {
  Result<nlohmann::json> json = parse_strict_json(text, size_max);
  CHECK(json.has_value());
  nlohmann::json signatures = nlohmann::json::array();
  for (const nlohmann::json& each : (*json)["signatures"])
    if (each["keyid"] != id) signatures.push_back(each);
  signatures.push_back({{"keyid", id}, {"sig", to_hex(bytes)}});
  (*json)["signatures"] = signatures;
  text = to_json_text(*json);
}

Result<int> sign_file(const WantedFile& file, KeyRing& ring) {
  int added = 0;
  for (const WantedFile::Party& party : file.parties) {
    for (const PublicKey& key : party.keys.keys) {
      Result<SignedFile> now = open_member(*file.text, file.size_max, file.name.c_str());
      if (!now) return fail(std::move(now.error()));
      const KeyFile* mine = ring.find(key.id);
      if (mine == nullptr || has_signed(*now, key)) continue;
      Result<Bytes> signature = ring.sign(*mine, as_bytes(now->canonical));
      if (!signature) return fail(std::move(signature.error()));
      put_signature(*file.text, file.size_max, key.id, *signature);
      ++added;
    }
  }
  return added;
}

Result<int> merge_file(const WantedFile& into, const std::string& from) {
  Result<SignedFile> mine = open_member(*into.text, into.size_max, into.name.c_str());
  if (!mine) return fail(std::move(mine.error()));
  Result<SignedFile> theirs = open_member(from, into.size_max, into.name.c_str());
  if (!theirs) return fail(std::move(theirs.error()));
  if (mine->canonical != theirs->canonical)
    return fail(ErrorKind::usage,
                "the signed " + into.name + " is not the one that waits here: export it again");
  int added = 0;
  for (const WantedFile::Party& party : into.parties) {
    for (const PublicKey& key : party.keys.keys) {
      for (const SignedFile::Signature& signature : theirs->signatures) {
        if (signature.key_id != key.id || has_signed(*mine, key)) continue;
        if (!key.verify(as_bytes(theirs->canonical), signature.bytes)) continue;
        put_signature(*into.text, into.size_max, key.id, signature.bytes);
        mine = open_member(*into.text, into.size_max, into.name.c_str());
        CHECK(mine.has_value());
        ++added;
      }
    }
  }
  return added;
}

std::string short_ids(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id.substr(0, 8);
  return text;
}

void add_missing(const WantedFile& wanted, std::vector<std::string>& lines) {
  Result<SignedFile> file = open_member(*wanted.text, wanted.size_max, wanted.name.c_str());
  CHECK(file.has_value());
  for (const WantedFile::Party& party : wanted.parties) {
    if (verify_signatures(*file, party.keys)) continue;
    std::vector<std::string> waiting;
    for (const PublicKey& key : party.keys.keys)
      if (!has_signed(*file, key)) waiting.push_back(key.id);
    const auto have = party.keys.keys.size() - waiting.size();
    lines.push_back(wanted.name + " has " + std::to_string(have) + " of the " +
                    std::to_string(party.keys.threshold) + " signatures it needs by the " + party.words +
                    (waiting.empty() ? "" : "; missing: " + short_ids(waiting)));
  }
}

}  // namespace

std::string to_json(const SigningRequest& request) {
  const nlohmann::json json{{"_type", request_type},
                            {"format", 1},
                            {"trusted_root", request.trusted_root},
                            {"trusted_targets", request.trusted_targets},
                            {"root", request.root},
                            {"targets", request.targets}};
  return to_json_text(json) + "\n";
}

Result<SigningRequest> parse_signing_request(std::string_view text) {
  Result<nlohmann::json> json = parse_strict_json(text, request_size_max);
  if (!json) return fail(std::move(json.error()), "signing request");
  JsonFailure failure;
  JsonReader reader(*json, "", failure);
  if (reader.at("_type").text() != request_type)
    reader.at("_type").refuse("is not \"dunlin-signing-request\"");
  if (reader.at("format").integer(1) != 1) reader.at("format").refuse("is newer than this program");
  SigningRequest request;
  request.trusted_root = reader.at("trusted_root").text(root_size_max);
  request.trusted_targets = reader.at("trusted_targets").text(targets_size_max);
  request.root = reader.at("root").text(root_size_max);
  request.targets = reader.at("targets").text(targets_size_max);
  Result<void> read = failure.result();
  if (read && request.root.empty() && request.targets.empty())
    read = fail(ErrorKind::bad_image, "changes nothing");
  if (!read) return fail(std::move(read.error()), "signing request");
  Result<void> root = check_request_root(request);
  if (!root) return fail(std::move(root.error()));
  Result<void> targets = check_request_targets(request);
  if (!targets) return fail(std::move(targets.error()));
  return request;
}

Result<int> add_signatures(SigningRequest& request, KeyRing& ring) {
  int added = 0;
  for (const WantedFile& file : wanted_files(request)) {
    Result<int> signatures = sign_file(file, ring);
    if (!signatures) return fail(std::move(signatures.error()));
    added += *signatures;
  }
  return added;
}

Result<int> merge_signatures(SigningRequest& request, const SigningRequest& signed_copy) {
  SigningRequest merged = request;
  if (merged.root.empty() != signed_copy.root.empty() ||
      merged.targets.empty() != signed_copy.targets.empty())
    return fail(ErrorKind::usage, "the signed file is not of the change that waits here: export it again");
  int added = 0;
  for (const WantedFile& file : wanted_files(merged)) {
    Result<int> signatures = merge_file(file, file.name == "root" ? signed_copy.root : signed_copy.targets);
    if (!signatures) return fail(std::move(signatures.error()));
    added += *signatures;
  }
  request = std::move(merged);
  return added;
}

std::vector<std::string> missing_signatures(const SigningRequest& request) {
  SigningRequest copy = request;
  std::vector<std::string> lines;
  for (const WantedFile& file : wanted_files(copy)) add_missing(file, lines);
  return lines;
}

}  // namespace dunlin
