#include "core/trust/release_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/sample_manifest.h"
#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

using testing::HasSubstr;

// A client that trusts these targets: name and custom.
TrustedMetadata client_with(const std::vector<std::pair<std::string, nlohmann::json>>& releases) {
  TufWorld world;
  for (const auto& [name, custom] : releases) {
    world.targets[name] = {{"length", 5}, {"hashes", {{"sha256", digest_of(name).hex()}}}};
    if (!custom.is_null()) world.targets[name]["custom"] = custom;
  }
  return world.updated_client();
}

nlohmann::json custom(const char* product, const char* version, const std::vector<std::string>& hardware) {
  return {{"product", product}, {"version", version}, {"hardware", hardware}};
}

DeviceFacts sample_device() {
  return {"edge", "pc", "1.0", "1.5", std::uint64_t{1} << 30};
}

}  // namespace

TEST(SelectRelease, TakesTheNewestByVersionNotByName) {
  TrustedMetadata client = client_with({{"releases/edge/1.9.json", custom("edge", "1.9", {})},
                                        {"releases/edge/1.10.json", custom("edge", "1.10", {"pc"})},
                                        {"releases/edge/1.10~rc1.json", custom("edge", "1.10~rc1", {"pc"})}});

  auto release = select_release(client, "edge", "pc");

  ASSERT_TRUE(release.has_value());
  EXPECT_EQ(release->version, "1.10");
  EXPECT_EQ(release->repository_path(),
            "targets/releases/edge/" + digest_of("releases/edge/1.10.json").hex() + ".1.10.json");
}

TEST(SelectRelease, PassesOverOtherProductsAndHardware) {
  TrustedMetadata client = client_with({{"releases/edge/1.0.json", custom("edge", "1.0", {"pc"})},
                                        {"releases/edge/2.0.json", custom("edge", "2.0", {"board"})},
                                        {"releases/core/3.0.json", custom("core", "3.0", {})}});

  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.0");
  EXPECT_EQ(select_release(client, "edge", "board")->version, "2.0");
  EXPECT_EQ(select_release(client, "core", "any")->version, "3.0");
  EXPECT_FALSE(select_release(client, "edge", "other").has_value());
  EXPECT_FALSE(select_release(client, "none", "pc").has_value());
}

TEST(SelectRelease, PassesOverEntriesThatContradictTheirName) {
  TrustedMetadata client = client_with({{"releases/edge/9.json", custom("edge", "8", {})},
                                        {"releases/core/9.json", custom("edge", "9", {})},
                                        {"releases/edge/7.json", nullptr},
                                        {"releases/edge/6.json", {{"product", "edge"}}},
                                        {"releases/edge/5.json", {{"product", "edge"}, {"version", 5}}},
                                        {"releases/../4.json", custom("..", "4", {})},
                                        {"other/edge/3.json", custom("edge", "3", {})},
                                        {"releases/edge/1.json", custom("edge", "1", {})}});

  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1");
  EXPECT_FALSE(select_release(client, "..", "pc").has_value());
}

TEST(SelectRelease, FindsNothingBeforeAnythingIsTrusted) {
  EXPECT_FALSE(select_release(TufWorld().client(), "edge", "pc").has_value());
}

TEST(OpenRelease, AcceptsTheSignedBytesOnly) {
  const std::string json = to_json(sample_manifest("1.0"));
  const ReleaseTarget target{"releases/edge/1.0.json", "1.0", {json.size(), sha256(as_bytes(json)), ""}};
  ASSERT_TRUE(open_release(target, as_bytes(json)));

  std::string bad = json;
  bad[10] = static_cast<char>(bad[10] ^ 1);
  auto flipped = open_release(target, as_bytes(bad));
  auto longer = open_release(target, as_bytes(json + " "));

  ASSERT_FALSE(flipped);
  EXPECT_EQ(flipped.error().kind, ErrorKind::bad_peer);
  EXPECT_THAT(flipped.error().message, HasSubstr("releases/edge/1.0.json"));
  EXPECT_FALSE(longer);
}

TEST(OpenRelease, RefusesAManifestOfAnotherRelease) {
  const std::string json = to_json(sample_manifest("1.1"));
  const ReleaseTarget target{"releases/edge/1.0.json", "1.0", {json.size(), sha256(as_bytes(json)), ""}};

  auto opened = open_release(target, as_bytes(json));

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::bad_image);
}

TEST(CheckRelease, AcceptsWhatFits) {
  EXPECT_TRUE(check_release(sample_manifest("2.0"), sample_device()));
  EXPECT_TRUE(check_release(sample_manifest("1.0"), sample_device())) << "the floor itself is allowed";
  EXPECT_TRUE(check_release(sample_manifest("1.5"), sample_device())) << "so is the booted version";
  Manifest any = sample_manifest("2.0");
  any.hardware.clear();
  EXPECT_TRUE(check_release(any, sample_device()));
  EXPECT_TRUE(check_release(sample_manifest("0.1"), {"edge", "pc", "", "", std::uint64_t{1} << 30}));
}

TEST(CheckRelease, RefusesAnotherProduct) {
  DeviceFacts device = sample_device();
  device.product = "core";

  auto checked = check_release(sample_manifest("2.0"), device);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(checked.error().message, HasSubstr("product is core"));
}

TEST(CheckRelease, RefusesOtherHardware) {
  DeviceFacts device = sample_device();
  device.hardware = "board-3";

  auto checked = check_release(sample_manifest("2.0"), device);

  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("fits hardware pc, board-2, but this device is board-3"));
}

TEST(CheckRelease, RefusesVersionsBelowTheFloor) {
  auto checked = check_release(sample_manifest("0.9"), sample_device());

  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("version floor 1.0"));
  EXPECT_FALSE(check_release(sample_manifest("1.0~rc1"), sample_device()));
}

TEST(CheckRelease, RefusesAReleaseThatTakesTheFallbackAway) {
  Manifest manifest = sample_manifest("2.0");
  manifest.data_floor = "1.6";

  auto checked = check_release(manifest, sample_device());

  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("fall back to 1.5"));
  DeviceFacts newer = sample_device();
  newer.booted_version = "1.6";
  EXPECT_TRUE(check_release(manifest, newer));
}

TEST(CheckRelease, RefusesAnImageLargerThanTheSlot) {
  DeviceFacts device = sample_device();
  device.slot_capacity_bytes = 512 << 20;
  EXPECT_TRUE(check_release(sample_manifest("2.0"), device));
  device.slot_capacity_bytes -= 1;

  auto checked = check_release(sample_manifest("2.0"), device);

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::usage);
  EXPECT_THAT(checked.error().message, HasSubstr("rootfs of 536870912 bytes"));
}

}  // namespace dunlin
