#include "core/trust/manifest.h"

#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/canonical_json.h"
#include "tests/core/trust/sample_manifest.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json sample_json() {
  Manifest manifest = sample_manifest("2.1");
  manifest.version_floor = "1.0";
  manifest.data_floor = "2.0";
  return Json::parse(to_json(manifest));
}

// The refusal of the sample after `edit`, or "accepted".
template <class Edit>
std::string refusal(Edit edit) {
  Json json = sample_json();
  edit(json);
  Result<Manifest> manifest = parse_manifest(as_bytes(json.dump()));
  if (manifest) return "accepted";
  EXPECT_EQ(manifest.error().kind, ErrorKind::bad_image);
  return manifest.error().message;
}

}  // namespace

TEST(Manifest, ComesBackFromItsJson) {
  Manifest manifest = sample_manifest("2.1");
  EXPECT_EQ(*parse_manifest(as_bytes(to_json(manifest))), manifest);

  manifest.hardware.clear();
  manifest.version_floor = "1.0";
  manifest.data_floor = "2.0~rc1";
  manifest.images[0].torrent.reset();
  manifest.images.push_back(manifest.images[0]);
  manifest.images[1].name = "boot";
  EXPECT_EQ(*parse_manifest(as_bytes(to_json(manifest))), manifest);
}

TEST(Manifest, IgnoresFieldsItDoesNotKnow) {
  EXPECT_EQ(refusal([](Json& json) { json["colour"] = "blue"; }), "accepted");
  EXPECT_EQ(refusal([](Json& json) { json["images"][0]["colour"] = {{"x", 1}}; }), "accepted");
}

TEST(Manifest, RefusesWhatItMustUnderstandAndDoesNot) {
  EXPECT_EQ(refusal([](Json& json) { json["requires"] = Json::array(); }), "accepted");
  EXPECT_THAT(refusal([](Json& json) { json["requires"] = {"dm-verity"}; }),
              HasSubstr("requires[0] is \"dm-verity\""));
  EXPECT_THAT(refusal([](Json& json) { json["requires"] = "x"; }), HasSubstr("requires"));
  EXPECT_THAT(refusal([](Json& json) { json["format"] = 2; }), HasSubstr("format is newer"));
  EXPECT_THAT(refusal([](Json& json) { json["_type"] = "targets"; }), HasSubstr("_type"));
}

TEST(Manifest, NamesEveryMissingField) {
  for (const char* field : {"/_type", "/format", "/product", "/version", "/images", "/images/0/name",
                            "/images/0/size", "/images/0/sha256", "/images/0/packs", "/images/0/packs/0/path",
                            "/images/0/packs/0/size", "/images/0/packs/0/sha256", "/images/0/packs/0/torrent",
                            "/images/0/packs/1/torrent/path", "/images/0/torrent/size"}) {
    const std::string path(field);
    const std::string member = path.substr(path.rfind('/') + 1);
    const Json::json_pointer parent(path.substr(0, path.rfind('/')));

    const std::string message = refusal([&](Json& json) { json[parent].erase(member); });

    EXPECT_THAT(message, HasSubstr(member + " is missing")) << field;
  }
}

TEST(Manifest, NamesEveryFieldOfAnotherType) {
  const Json flat = sample_json().flatten();
  for (const auto& [field, value] : flat.items()) {
    const Json::json_pointer pointer(field);
    const std::string message =
        refusal([&](Json& json) { json[pointer] = value.is_string() ? Json(7) : Json("seven"); });
    std::string name = std::regex_replace(field.substr(1), std::regex("/([0-9]+)"), "[$1]");
    name = std::regex_replace(name, std::regex("/"), ".");
    EXPECT_THAT(message, HasSubstr(name)) << field;
  }
}

TEST(Manifest, RefusesNamesAndVersionsThatAreNotSafeInPaths) {
  EXPECT_THAT(refusal([](Json& json) { json["product"] = "../edge"; }), HasSubstr("product"));
  EXPECT_THAT(refusal([](Json& json) { json["version"] = "1/2"; }), HasSubstr("version"));
  EXPECT_THAT(refusal([](Json& json) { json["hardware"] = {"pc", "a b"}; }), HasSubstr("hardware[1]"));
  EXPECT_THAT(refusal([](Json& json) { json["images"][0]["name"] = ""; }), HasSubstr("images[0].name"));
}

TEST(Manifest, RefusesPathsThatLeaveTheRepository) {
  for (const char* path : {"../x", "/etc/passwd", "a//b", "a/../b", "", "."}) {
    EXPECT_THAT(refusal([&](Json& json) { json["images"][0]["packs"][1]["path"] = path; }),
                HasSubstr("images[0].packs[1].path"));
    EXPECT_THAT(refusal([&](Json& json) { json["images"][0]["packs"][0]["torrent"]["path"] = path; }),
                HasSubstr("images[0].packs[0].torrent.path"));
    EXPECT_THAT(refusal([&](Json& json) { json["images"][0]["torrent"]["path"] = path; }),
                HasSubstr("images[0].torrent.path"));
  }
}

TEST(Manifest, RefusesNamesGivenTwice) {
  EXPECT_THAT(refusal([](Json& json) { json["images"].push_back(json["images"][0]); }),
              HasSubstr("images[1].name"));
  EXPECT_THAT(refusal([](Json& json) { json["hardware"] = {"pc", "pc"}; }), HasSubstr("hardware[1]"));
  EXPECT_THAT(
      refusal([](Json& json) { json["images"][0]["packs"].push_back(json["images"][0]["packs"][1]); }),
      HasSubstr("packs[2].base"));
  EXPECT_THAT(refusal([](Json& json) {
                json["images"][0]["packs"][1]["path"] = json["images"][0]["packs"][0]["path"];
              }),
              HasSubstr("with another content"));
  const std::string twice = R"({"product":"a",)" + sample_json().dump().substr(1);
  EXPECT_FALSE(parse_manifest(as_bytes(twice)));
}

TEST(Manifest, WantsExactlyOneFullPackForEachImage) {
  EXPECT_THAT(refusal([](Json& json) { json["images"][0]["packs"].erase(0); }),
              HasSubstr("exactly one full pack"));
  EXPECT_THAT(refusal([](Json& json) { json["images"][0]["packs"][1].erase("base"); }),
              HasSubstr("exactly one full pack"));
  EXPECT_THAT(refusal([](Json& json) { json["images"][0]["packs"] = Json::array(); }),
              HasSubstr("exactly one full pack"));
  EXPECT_THAT(
      refusal([](Json& json) { json["images"][0]["packs"][1]["base"] = json["images"][0]["sha256"]; }),
      HasSubstr("is the image itself"));
  EXPECT_THAT(refusal([](Json& json) { json["images"] = Json::array(); }), HasSubstr("images is empty"));
}

TEST(Manifest, BoundsSizes) {
  const auto with_size = [](auto size) { return [size](Json& json) { json["images"][0]["size"] = size; }; };
  EXPECT_EQ(refusal(with_size(std::uint64_t{9'223'372'036'854'775'807u})), "accepted");
  EXPECT_THAT(refusal(with_size(std::uint64_t{9'223'372'036'854'775'808u})), HasSubstr("images[0].size"));
  EXPECT_THAT(refusal(with_size(0)), HasSubstr("images[0].size"));
  EXPECT_THAT(refusal(with_size(-1)), HasSubstr("images[0].size"));
  EXPECT_THAT(refusal(with_size(1.5)), HasSubstr("images[0].size"));
}

TEST(Manifest, RefusesFloorsAboveItsOwnVersion) {
  EXPECT_THAT(refusal([](Json& json) { json["version_floor"] = "2.2"; }), HasSubstr("version_floor"));
  EXPECT_THAT(refusal([](Json& json) { json["data_floor"] = "2.2"; }), HasSubstr("data_floor"));
  EXPECT_EQ(refusal([](Json& json) { json["version_floor"] = "2.1"; }), "accepted");
}

TEST(Manifest, RefusesMoreThanOneMebibyte) {
  std::string text = to_json(sample_manifest("1"));
  text.append((1 << 20) + 1 - text.size(), ' ');

  EXPECT_FALSE(parse_manifest(as_bytes(text)));
  text.pop_back();
  EXPECT_TRUE(parse_manifest(as_bytes(text)));
}

// A flip may leave a valid manifest (another digit of a size); it never breaks the parser, and never gives
// the same manifest: the signed digest is what tells them apart.
TEST(Manifest, EveryFlipAndTruncationIsRefusedOrReadAsSomethingElse) {
  const Manifest manifest = sample_manifest("2.1");
  const std::string good = to_json(manifest);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    Result<Manifest> parsed = parse_manifest(as_bytes(bad));
    if (parsed) {
      EXPECT_NE(*parsed, manifest) << i;
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_manifest(as_bytes(good.substr(0, size))));
}

TEST(Manifest, TheExampleInTheDocumentIsValid) {
  std::ifstream file(DUNLIN_TEST_DATA "/../../../docs/release-manifest.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t begin = text.find("```json\n") + 8;
  const std::size_t end = text.find("```", begin);
  ASSERT_NE(end, std::string::npos);

  auto manifest = parse_manifest(as_bytes(text.substr(begin, end - begin)));

  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->images.at(0).packs.size(), 2u);
}

}  // namespace dunlin
