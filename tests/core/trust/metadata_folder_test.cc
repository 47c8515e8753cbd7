// Each test is a client that saves into a folder of a simulated disk and is started again.
#include "core/trust/metadata_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/trust/tuf_world.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

using testing::HasSubstr;

struct FolderDevice {
  FakeDisk disk;
  MetadataFolder folder{disk, "/var/tuf"};

  explicit FolderDevice(const TufWorld& world) {
    if (!folder.begin(world.root())) std::abort();
  }
  TrustedMetadata load() {
    Result<TrustedMetadata> loaded = folder.load();
    if (!loaded) std::abort();
    return *loaded;
  }
};

// The world after its timestamp key was stolen, versions were raised with it, and another key took its place.
struct Recovery {
  TufWorld before;
  TufWorld after;
  std::string next_root;

  Recovery() {
    before.keys["timestamp"] = {key_number("timestamp", 4), key_number("timestamp", 40)};
    before.timestamp_version = 1000;
    after = before;
    after.keys["timestamp"] = {key_number("timestamp", 4)};
    after.root_version = 2;
    after.timestamp_version = 2;
    next_root = after.root();
  }
};

}  // namespace

TEST(MetadataFolder, GivesBackWhatWasSavedByteForByte) {
  const TufWorld world;
  FolderDevice device(world);
  const TrustedMetadata client = world.updated_client();

  ASSERT_TRUE(device.folder.save(client));

  EXPECT_EQ(device.disk.get_text("/var/tuf/root.json"), world.root());
  EXPECT_EQ(device.disk.get_text("/var/tuf/timestamp.json"), client.trusted_files().timestamp);
  EXPECT_EQ(device.load().trusted_files().targets, client.trusted_files().targets);
  EXPECT_TRUE(device.load().check_fresh(world.now));
}

TEST(MetadataFolder, NeedsARoot) {
  FakeDisk disk;
  MetadataFolder folder(disk, "/var/tuf");

  Result<TrustedMetadata> loaded = folder.load();

  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("run init"));
  EXPECT_FALSE(folder.begin("{}"));
  EXPECT_FALSE(disk.get("/var/tuf/root.json"));
}

TEST(MetadataFolder, BeginsAnew) {
  TufWorld world;
  FolderDevice device(world);
  ASSERT_TRUE(device.folder.save(world.updated_client()));
  ASSERT_TRUE(device.folder.save_delegated("team/a", "{}"));

  ASSERT_TRUE(device.folder.begin(world.root()));

  EXPECT_FALSE(device.disk.get("/var/tuf/timestamp.json"));
  EXPECT_FALSE(device.folder.delegated("team/a"));
}

TEST(MetadataFolder, KeepsDelegatedRolesUnderSafeNames) {
  const TufWorld world;
  FolderDevice device(world);
  for (const std::string& name : {std::string("a"), std::string("../b"), std::string("c/d"), std::string("."),
                                  std::string(600, 'x'), std::string(601, 'x')}) {
    ASSERT_TRUE(device.folder.save_delegated(name, "of " + name));
    EXPECT_EQ(device.folder.delegated(name), "of " + name);
  }

  EXPECT_EQ(device.disk.get_text("/var/tuf/..%2Fb.json"), "of ../b");
  EXPECT_FALSE(device.folder.delegated("e"));
}

TEST(MetadataFolder, WritesOnlyWhatChanged) {
  const TufWorld world;
  FolderDevice device(world);
  const TrustedMetadata client = world.updated_client();
  ASSERT_TRUE(device.folder.save(client));
  const int before = device.disk.changes();

  ASSERT_TRUE(device.folder.save(client));

  EXPECT_EQ(device.disk.changes(), before);
}

TEST(MetadataFolder, EveryRootIsInTheHistory) {
  TufWorld world;
  FolderDevice device(world);
  TrustedMetadata client = device.load();
  for (; world.root_version < 4;) {
    ++world.root_version;
    ASSERT_TRUE(client.update_root(world.root()));
  }

  ASSERT_TRUE(device.folder.save(client));

  EXPECT_TRUE(device.disk.get("/var/tuf/root_history/2.root.json"));
  EXPECT_TRUE(device.disk.get("/var/tuf/root_history/3.root.json"));
  EXPECT_EQ(device.disk.get_text("/var/tuf/root_history/4.root.json"), world.root());
  EXPECT_EQ(device.load().versions().root, 4);
}

TEST(MetadataFolder, LeavesOutDamagedFiles) {
  const TufWorld world;
  FolderDevice device(world);
  ASSERT_TRUE(device.folder.save(world.updated_client()));
  device.disk.put("/var/tuf/snapshot.json", "{");

  const TrustedVersions versions = device.load().versions();

  EXPECT_EQ(versions.timestamp, 1);
  EXPECT_EQ(versions.snapshot, 0);
  EXPECT_EQ(versions.targets, 1);
}

// The one dangerous mix: the new root beside the timestamp that a thief raised. One of the two keys that
// signed it still speaks, so its signature alone would not give it away.
TEST(MetadataFolder, APowerCutNeverKeepsARaisedTimestampBesideTheRootThatForgivesIt) {
  const Recovery world;
  for (int k = 1, reached_end = 0; reached_end == 0; ++k) {
    for (Unsynced unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::torn}) {
      FolderDevice device(world.before);
      TrustedMetadata client = world.before.updated_client();
      ASSERT_TRUE(device.folder.save(client));
      ASSERT_TRUE(client.update_root(world.next_root));
      device.disk.cut_power_at(k);
      reached_end = device.folder.save(client) ? 1 : 0;
      device.disk.restart(unsynced, static_cast<std::uint64_t>(k));

      TrustedMetadata again = device.load();

      if (again.versions().root == 2) {
        EXPECT_EQ(again.versions().timestamp, 0) << "cut at " << k;
        EXPECT_TRUE(again.update(world.after.bundle(), world.after.now)) << "cut at " << k;
      }
      if (reached_end != 0) {
        EXPECT_EQ(again.versions().root, 2) << "saved means durable";
      }
    }
  }
}

TEST(MetadataFolder, APowerCutLeavesAStateThatTheNextCycleCompletes) {
  TufWorld first;
  TufWorld second = first;
  second.raise_all();
  for (int k = 1, reached_end = 0; reached_end == 0; ++k) {
    for (Unsynced unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::torn}) {
      FolderDevice device(first);
      TrustedMetadata client = first.updated_client();
      ASSERT_TRUE(device.folder.save(client));
      ASSERT_TRUE(client.update(second.bundle(), first.now));
      device.disk.cut_power_at(k);
      reached_end = device.folder.save(client) ? 1 : 0;
      device.disk.restart(unsynced, static_cast<std::uint64_t>(k));

      TrustedMetadata again = device.load();

      const TrustedVersions versions = again.versions();
      EXPECT_GE(versions.timestamp, versions.snapshot) << "cut at " << k;
      EXPECT_GE(versions.snapshot, versions.targets) << "cut at " << k;
      EXPECT_GE(versions.targets, 1) << "cut at " << k;
      EXPECT_FALSE(again.update(first.bundle(), first.now) && versions.timestamp == 2)
          << "rollback, cut at " << k;
      EXPECT_TRUE(again.update(second.bundle(), first.now)) << "cut at " << k;
    }
  }
}

}  // namespace dunlin
