// TUF specification 5.4 to 5.6, the attacks in time: rollback, freeze, mix and match; and wrong clocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const Result<void>& result) {
  return result ? "accepted" : result.error().message;
}

// The refusal of a bundle by a fresh client.
std::string refusal(const TufWorld& world, const MetadataBundle& bundle) {
  TrustedMetadata client = world.client();
  return refusal(client.update(bundle, world.now));
}

}  // namespace

// 5.4.3: rollback of timestamp.
TEST(TufRollback, RefusesAnOlderTimestamp) {
  TufWorld world;
  world.timestamp_version = 5;
  TrustedMetadata client = world.updated_client();
  world.timestamp_version = 4;

  auto updated = client.update(world.bundle(), world.now);

  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().kind, ErrorKind::bad_image);
  EXPECT_EQ(updated.error().message, "timestamp: version 4 is older than 5 (rollback)");
}

TEST(TufRollback, RefusesANewTimestampOfAnOlderSnapshot) {
  TufWorld world;
  world.snapshot_version = 5;
  TrustedMetadata client = world.updated_client();
  world.snapshot_version = 4;
  world.timestamp_version = 2;

  EXPECT_THAT(refusal(client.update(world.bundle(), world.now)),
              AllOf(StartsWith("timestamp: its snapshot"), HasSubstr("rollback")));
}

TEST(TufRollback, AnEqualTimestampChangesNothing) {
  TufWorld world;
  TrustedMetadata client = world.updated_client();
  TufWorld other = world;
  other.snapshot_version = 9;

  EXPECT_TRUE(client.update_timestamp(world.timestamp_file(), world.now));
  EXPECT_TRUE(client.update_timestamp(other.timestamp_file(), world.now)) << "same version, other content";

  EXPECT_EQ(client.expected_snapshot()->version, 1);
  EXPECT_TRUE(client.update(world.bundle(), world.now)) << "the same bundle again";
}

// Freeze: whatever is old is refused, each role by name, also when nothing newer came.
TEST(TufRollback, RefusesExpiredFiles) {
  const auto expired = [](Json& body) { body["expires"] = "2026-06-01T12:00:00Z"; };
  TufWorld world;

  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(expired)),
              StartsWith("timestamp: expired at 2026-06-01T12"));
  EXPECT_THAT(refusal(world, world.bundle_with_snapshot(expired)), StartsWith("snapshot: expired"));
  EXPECT_THAT(refusal(world, world.bundle_with_targets(expired)), StartsWith("targets: expired"));

  const auto just_valid = [](Json& body) { body["expires"] = "2026-06-01T12:00:01Z"; };
  EXPECT_EQ(refusal(world, world.bundle_with_timestamp(just_valid)), "accepted");
}

TEST(TufRollback, NoticesAFreezeWithATrustedTimestamp) {
  TufWorld world;
  TrustedMetadata client = world.updated_client();
  const WallTime later = at("2026-06-15T00:00:00Z");
  world.root_version = 2;
  world.expires = at("2027-07-01T00:00:00Z");
  ASSERT_TRUE(client.update_root(world.root()));
  ASSERT_TRUE(client.check_fresh(later));

  const WallTime frozen = at("2026-08-01T00:00:00Z");
  world.expires = at("2026-07-01T00:00:00Z");
  auto updated = client.update(world.bundle(), frozen);

  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(updated.error().message, StartsWith("timestamp: expired"));
  EXPECT_THAT(refusal(client.check_fresh(frozen)), StartsWith("timestamp: expired"));
}

TEST(TufRollback, WorksWithAClockAtNineteenSeventy) {
  TufWorld world;
  TrustedMetadata client = world.client();

  EXPECT_TRUE(client.update(world.bundle(), WallTime{}));
  EXPECT_TRUE(client.check_fresh(WallTime{}));
}

TEST(TufRollback, TellsAPersonToCheckAClockInTheFarFuture) {
  TufWorld world;
  TrustedMetadata client = world.client();

  auto updated = client.update(world.bundle(), at("2106-02-07T06:28:15Z"));

  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(updated.error().message, AllOf(HasSubstr("2106-02-07"), HasSubstr("check the clock")));
}

// Mix and match: versions must be the ones named above, even without hashes.
TEST(TufRollback, RefusesVersionsOtherThanTheOnesNamed) {
  TufWorld world;
  const auto names_another = [](Json& body) {
    Json& meta = body["meta"].begin().value();
    meta = {{"version", meta["version"].get<int>() + 1}};
  };

  EXPECT_THAT(refusal(world, world.bundle_with_timestamp(names_another)),
              "snapshot: version 1 is not 2, which timestamp names");
  EXPECT_THAT(refusal(world, world.bundle_with_snapshot(names_another)),
              "targets: version 1 is not 2, which snapshot names");
}

TEST(TufRollback, RefusesATargetsFileOfAnotherSnapshot) {
  TufWorld world;
  TufWorld later = world;
  later.raise_all();
  later.targets["new.txt"] = later.targets["file.txt"];
  MetadataBundle mixed = later.bundle();
  mixed.targets = world.targets_file();

  EXPECT_THAT(refusal(world, mixed), StartsWith("targets: "));
  mixed = world.bundle();
  mixed.snapshot = later.snapshot_file();
  EXPECT_THAT(refusal(world, mixed), StartsWith("snapshot: "));
}

// 5.5.5: what a snapshot lists stays listed, and never goes back.
TEST(TufRollback, RefusesASnapshotThatLowersOrDropsATargetsFile) {
  TufWorld world;
  world.targets_version = 5;
  const auto with_delegated = [](int version) {
    return [version](Json& body) { body["meta"]["delegated.json"] = {{"version", version}}; };
  };
  TrustedMetadata client = world.client();
  ASSERT_TRUE(client.update(world.bundle_with_snapshot(with_delegated(3)), world.now));
  TufWorld later = world;
  later.raise_all();
  later.targets_version = 4;
  EXPECT_THAT(refusal(client.update(later.bundle_with_snapshot(with_delegated(3)), world.now)),
              AllOf(StartsWith("snapshot: lists targets.json in version 4"), HasSubstr("rollback")));

  later.targets_version = 6;
  EXPECT_THAT(refusal(client.update(later.bundle(), world.now)),
              StartsWith("snapshot: no longer lists delegated.json"));
  EXPECT_THAT(refusal(client.update(later.bundle_with_snapshot(with_delegated(2)), world.now)),
              StartsWith("snapshot: lists delegated.json in version 2"));
  EXPECT_TRUE(client.update(later.bundle_with_snapshot(with_delegated(4)), world.now));
}

}  // namespace dunlin
