#include "node/bundle_verdict.h"

#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

ReleaseOffer offer_of(const std::string& version) {
  ReleaseOffer offer;
  offer.manifest.product = "edge";
  offer.manifest.version = version;
  offer.manifest.hardware = {"pc"};
  offer.manifest.images.push_back({"rootfs", 100, sha256(as_bytes(version)), {}, {}});
  return offer;
}

ApplierStatus device_on(const std::string& version) {
  ApplierStatus status;
  status.product = "edge";
  status.hardware = "pc";
  status.slots = {SlotReport{"a", true, "confirmed", version, sha256(as_bytes(version)), 100, 1'000},
                  SlotReport{"b", false, "unbootable", "", std::nullopt, 0, 1'000}};
  return status;
}

std::string complaint(const std::string& version, const ApplierStatus& device) {
  const Result<BundleVerdict> verdict = judge_bundle(offer_of(version), device);
  return verdict ? "fits" : verdict.error().message;
}

TEST(JudgeBundle, InstallsANewerRelease) {
  EXPECT_EQ(*judge_bundle(offer_of("2.0"), device_on("1.0")), BundleVerdict::install);
  EXPECT_EQ(*judge_bundle(offer_of("2.0"), device_on("")), BundleVerdict::install);
}

TEST(JudgeBundle, InstallsNothingThatRunsAlready) {
  EXPECT_EQ(*judge_bundle(offer_of("2.0"), device_on("2.0")), BundleVerdict::runs_already);
}

TEST(JudgeBundle, InstallsTheSameVersionOverAnotherImage) {
  ApplierStatus device = device_on("2.0");
  device.slots[0].image_id = sha256(as_bytes("something else"));

  EXPECT_EQ(*judge_bundle(offer_of("2.0"), device), BundleVerdict::install);
}

TEST(JudgeBundle, RefusesAnOlderRelease) {
  EXPECT_THAT(complaint("1.9", device_on("1.10")), testing::HasSubstr("1.9, which is older than 1.10"));
}

TEST(JudgeBundle, RefusesWhatBreaksARuleOfTheReleaseOnThisDevice) {
  ApplierStatus device = device_on("1.0");
  device.version_floor = "3.0";
  EXPECT_THAT(complaint("2.0", device), testing::HasSubstr("below this device's version floor 3.0"));
  device = device_on("1.0");
  device.hardware = "toaster";
  EXPECT_THAT(complaint("2.0", device), testing::HasSubstr("fits hardware pc, but this device is toaster"));
  device = device_on("1.0");
  device.slots[1].capacity = 99;
  EXPECT_THAT(complaint("2.0", device), testing::HasSubstr("the spare slot holds 99"));
}

TEST(JudgeBundle, NeedsABootedAndASpareSlot) {
  ApplierStatus device = device_on("1.0");
  device.slots.pop_back();

  EXPECT_EQ(judge_bundle(offer_of("2.0"), device).error().kind, ErrorKind::device);
}

TEST(ExplainBundleFailure, SaysWhatToDo) {
  const auto said = [](const std::string& message) {
    return explain_bundle_failure(Error{ErrorKind::bad_image, {}, message}).message;
  };

  EXPECT_THAT(said("timestamp: expired at 2026"), testing::HasSubstr("no longer valid"));
  EXPECT_THAT(said("timestamp: version 3 is older than 5 (rollback)"),
              testing::HasSubstr("older than what this device has seen"));
  EXPECT_THAT(said("timestamp: has 0 valid signatures of the role's keys, needs 1"),
              testing::HasSubstr("of another repository"));
  EXPECT_EQ(said("something else"), "something else");
}

}  // namespace
}  // namespace dunlin
