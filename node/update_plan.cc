#include "node/update_plan.h"

#include <nlohmann/json.hpp>

namespace dunlin {

namespace {

using nlohmann::json;

json file_json(const RepositoryFile& file) {
  return {{"path", file.path}, {"size", file.size}, {"sha256", file.sha256.hex()}};
}

// Reads fields of one object and remembers whether every one was there with its type.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  std::string text(const char* key) {
    const auto found = find(key);
    if (found == nullptr || !found->is_string()) return miss<std::string>();
    return found->get<std::string>();
  }
  std::uint64_t number(const char* key) {
    const auto found = find(key);
    if (found == nullptr || !found->is_number_unsigned()) return miss<std::uint64_t>();
    return found->get<std::uint64_t>();
  }
  Digest digest(const char* key) {
    Result<Digest> value = Digest::from_hex(text(key));
    if (!value) return miss<Digest>();
    return *value;
  }
  RepositoryFile file(const char* key) {
    const auto found = find(key);
    if (found == nullptr) return miss<RepositoryFile>();
    Fields inner(*found);
    RepositoryFile value{inner.text("path"), inner.number("size"), inner.digest("sha256")};
    ok_ = ok_ && inner.ok();
    return value;
  }
  std::vector<CheaperContent> contents(const char* key) {
    const auto found = find(key);
    if (found == nullptr || !found->is_array()) return miss<std::vector<CheaperContent>>();
    std::vector<CheaperContent> values;
    for (const json& each : *found) {
      Fields inner(each);
      values.push_back({inner.digest("content"), inner.number("size")});
      ok_ = ok_ && inner.ok();
    }
    return values;
  }
  bool has(const char* key) const { return find(key) != nullptr; }
  bool ok() const { return ok_; }

 private:
  const json* find(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  template <class T>
  T miss() {
    ok_ = false;
    return T();
  }

  const json& object_;
  bool ok_ = true;
};

}  // namespace

bool UpdatePlan::operator==(const UpdatePlan& other) const {
  return to_json(*this) == to_json(other);
}

bool image_is_nearer(const UpdatePlan& plan, const std::vector<LanOffer>& offers,
                     const std::vector<Digest>& starved) {
  const bool is_starved = std::find(starved.begin(), starved.end(), plan.image_id) != starved.end();
  return plan.source == SourceKind::pack && plan.image_torrent && !is_starved &&
         !is_whole_on_lan(offers, plan.pack.sha256, plan.pack.size) &&
         is_whole_on_lan(offers, plan.image_id, plan.image_size);
}

std::string to_json(const UpdatePlan& plan) {
  json object = {{"version", plan.version},       {"manifest", plan.manifest.hex()},
                 {"image", plan.image},           {"image_id", plan.image_id.hex()},
                 {"image_size", plan.image_size}, {"source", to_string(plan.source)},
                 {"pack", file_json(plan.pack)},  {"torrent", file_json(plan.torrent)},
                 {"wan_bytes", plan.wan_bytes},   {"reason", plan.reason}};
  if (plan.image_torrent) object["image_torrent"] = file_json(*plan.image_torrent);
  if (plan.base) object["base"] = plan.base->hex();
  for (const CheaperContent& each : plan.cheaper)
    object["cheaper"].push_back({{"content", each.content.hex()}, {"size", each.size}});
  return object.dump();
}

Result<UpdatePlan> parse_update_plan(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  Fields fields(object);
  UpdatePlan plan;
  plan.version = fields.text("version");
  plan.manifest = fields.digest("manifest");
  plan.image = fields.text("image");
  plan.image_id = fields.digest("image_id");
  plan.image_size = fields.number("image_size");
  plan.pack = fields.file("pack");
  plan.torrent = fields.file("torrent");
  plan.reason = fields.text("reason");
  if (fields.has("base")) plan.base = fields.digest("base");
  // Plans of nodes before image torrents have none of these.
  if (fields.has("wan_bytes")) plan.wan_bytes = fields.number("wan_bytes");
  if (fields.has("cheaper")) plan.cheaper = fields.contents("cheaper");
  if (fields.has("image_torrent")) plan.image_torrent = fields.file("image_torrent");
  if (fields.has("source") && fields.text("source") == to_string(SourceKind::image) && plan.image_torrent)
    plan.source = SourceKind::image;
  if (!fields.ok()) return fail(ErrorKind::bad_image, "the stored plan cannot be read: planning again");
  return plan;
}

}  // namespace dunlin
