// Every byte of every metadata file, flipped: refused with the role's name, and nothing taken. The files name
// no hashes of each other, so that it is the signatures that refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"

namespace dunlin {

namespace {

void without_hashes(nlohmann::json& body) {
  nlohmann::json& meta = body["meta"].begin().value();
  const nlohmann::json version = meta["version"];
  meta = nlohmann::json::object();
  meta["version"] = version;
}

// `accept` gives a file to a copy of a client that takes the good one.
template <class Accept>
void expect_every_flip_refused(const std::string& role, const std::string& good, Accept accept) {
  ASSERT_TRUE(accept(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit : {static_cast<int>(i % 8), 5}) {  // 5 turns letters into capitals
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const Result<void> result = accept(bad);
      ASSERT_FALSE(result) << role << " byte " << i << " bit " << bit << ": " << bad;
      ASSERT_THAT(result.error().message, testing::StartsWith(role));
    }
  }
  for (std::size_t size = 0; size < good.size(); size += 3) {
    const Result<void> result = accept(good.substr(0, size));
    ASSERT_FALSE(result) << role << " cut at " << size;
    ASSERT_THAT(result.error().message, testing::StartsWith(role));
  }
}

}  // namespace

TEST(TufFlips, InTheInitialRootAreRefused) {
  expect_every_flip_refused("root", TufWorld().root(), [](const std::string& json) -> Result<void> {
    Result<TrustedMetadata> metadata = TrustedMetadata::from_root(json);
    if (!metadata) return fail(std::move(metadata.error()));
    return {};
  });
}

TEST(TufFlips, InTheNextRootAreRefused) {
  TufWorld world;
  const TrustedMetadata start = world.client();
  world.root_version = 2;
  expect_every_flip_refused("root", world.root(), [&](const std::string& json) {
    TrustedMetadata client = start;
    Result<void> result = client.update_root(json);
    EXPECT_EQ(client.versions().root, result ? 2 : 1);
    return result;
  });
}

TEST(TufFlips, InTimestampAreRefused) {
  TufWorld world;
  const TrustedMetadata start = world.client();
  expect_every_flip_refused("timestamp", world.timestamp_file(), [&](const std::string& json) {
    TrustedMetadata client = start;
    Result<void> result = client.update_timestamp(json, world.now);
    EXPECT_EQ(client.versions().timestamp, result ? 1 : 0);
    return result;
  });
}

TEST(TufFlips, InSnapshotAreRefused) {
  TufWorld world;
  TrustedMetadata start = world.client();
  ASSERT_TRUE(start.update_timestamp(world.timestamp_file(without_hashes), world.now));
  expect_every_flip_refused("snapshot", world.snapshot_file(), [&](const std::string& json) {
    TrustedMetadata client = start;
    Result<void> result = client.update_snapshot(json, world.now);
    EXPECT_EQ(client.versions().snapshot, result ? 1 : 0);
    return result;
  });
}

TEST(TufFlips, InTargetsAreRefused) {
  TufWorld world;
  const std::string snapshot = world.snapshot_file(without_hashes);
  TrustedMetadata start = world.client();
  ASSERT_TRUE(start.update_timestamp(world.timestamp_of(snapshot), world.now));
  ASSERT_TRUE(start.update_snapshot(snapshot, world.now));
  expect_every_flip_refused("targets", world.targets_file(), [&](const std::string& json) {
    TrustedMetadata client = start;
    Result<void> result = client.update_targets(json, world.now);
    EXPECT_EQ(client.versions().targets, result ? 1 : 0);
    return result;
  });
}

}  // namespace dunlin
