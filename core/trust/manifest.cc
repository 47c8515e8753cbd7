#include "core/trust/manifest.h"

#include "core/base/check.h"
#include "core/trust/canonical_json.h"
#include "core/trust/json_reader.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;

constexpr std::size_t manifest_size_max = 1 << 20;
constexpr std::int64_t format_version = 1;

RepositoryFile read_file_entry(const JsonReader& json) {
  return {json.at("path").text(), json.at("size").size(), json.at("sha256").digest()};
}

PackEntry read_pack(const JsonReader& json) {
  PackEntry pack;
  pack.file = read_file_entry(json);
  pack.torrent = read_file_entry(json.at("torrent"));
  if (json.has("base")) pack.base = json.at("base").digest();
  return pack;
}

ImageEntry read_image(const JsonReader& json) {
  ImageEntry image;
  image.name = json.at("name").text();
  image.size = json.at("size").size();
  image.id = json.at("sha256").digest();
  if (json.has("torrent")) image.torrent = read_file_entry(json.at("torrent"));
  for (const JsonReader& pack : json.at("packs").elements()) image.packs.push_back(read_pack(pack));
  return image;
}

std::string optional_text(const JsonReader& json, const std::string& member) {
  return json.has(member) ? json.at(member).text() : std::string();
}

void read_header(const JsonReader& json) {
  if (json.at("_type").text() != "release") json.at("_type").refuse("is not \"release\"");
  if (json.at("format").integer(1) != format_version)
    json.at("format").refuse("is newer than this program understands; update dunlin on this device first");
  // What a release *requires* of its reader; every name here would be a feature of format 1, and none exists.
  if (!json.has("requires")) return;
  for (const JsonReader& feature : json.at("requires").elements())
    feature.refuse("is \"" + feature.text() + "\", which this program does not know; update dunlin first");
}

Manifest read_manifest(const JsonReader& json) {
  Manifest manifest;
  read_header(json);
  manifest.product = json.at("product").text();
  manifest.version = json.at("version").text();
  if (json.has("hardware"))
    for (const JsonReader& name : json.at("hardware").elements()) manifest.hardware.push_back(name.text());
  manifest.version_floor = optional_text(json, "version_floor");
  manifest.data_floor = optional_text(json, "data_floor");
  for (const JsonReader& image : json.at("images").elements()) manifest.images.push_back(read_image(image));
  return manifest;
}

Json file_json(const RepositoryFile& file) {
  return {{"path", file.path}, {"size", file.size}, {"sha256", file.sha256.hex()}};
}

Json pack_json(const PackEntry& pack) {
  Json json = file_json(pack.file);
  json["torrent"] = file_json(pack.torrent);
  if (pack.base) json["base"] = pack.base->hex();
  return json;
}

Json image_json(const ImageEntry& image) {
  Json json{{"name", image.name}, {"size", image.size}, {"sha256", image.id.hex()}, {"packs", Json::array()}};
  if (image.torrent) json["torrent"] = file_json(*image.torrent);
  for (const PackEntry& pack : image.packs) json["packs"].push_back(pack_json(pack));
  return json;
}

}  // namespace

Result<Manifest> parse_manifest(ByteView bytes) {
  Result<Json> json = parse_strict_json(as_text(bytes), manifest_size_max);
  if (!json) return fail(std::move(json.error()), "release manifest");
  JsonFailure failure;
  Manifest manifest = read_manifest(JsonReader(*json, "", failure));
  Result<void> read = failure.result();
  if (!read) return fail(std::move(read.error()), "release manifest");
  Result<void> checked = check_manifest(manifest);
  if (!checked) return fail(std::move(checked.error()), "release manifest");
  return manifest;
}

std::string to_json(const Manifest& manifest) {
  Json json{{"_type", "release"},          {"format", format_version},      {"product", manifest.product},
            {"version", manifest.version}, {"hardware", manifest.hardware}, {"images", Json::array()}};
  if (!manifest.version_floor.empty()) json["version_floor"] = manifest.version_floor;
  if (!manifest.data_floor.empty()) json["data_floor"] = manifest.data_floor;
  for (const ImageEntry& image : manifest.images) json["images"].push_back(image_json(image));
  Result<std::string> text = to_canonical_json(json);
  CHECK(text.has_value());  // built from integers and strings only
  return std::move(*text);
}

std::string manifest_target_name(std::string_view product, std::string_view version) {
  return "releases/" + std::string(product) + "/" + std::string(version) + ".json";
}

}  // namespace dunlin
