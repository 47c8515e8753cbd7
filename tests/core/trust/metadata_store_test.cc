#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/log.h"
#include "tests/core/trust/tuf_world.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

constexpr const char* root_path = "/etc/root.json";
constexpr const char* stored_path = "/var/lib/trust/trusted-metadata.json";

// A device: its disk with the initial root, and its store.
struct Device {
  FakeDisk disk;
  MetadataStore store{disk, "/var/lib/trust"};

  explicit Device(const TufWorld& world) { disk.put(root_path, world.root()); }
  TrustedMetadata load() {
    auto metadata = store.load(root_path);
    EXPECT_TRUE(metadata) << metadata.error().message;
    return std::move(*metadata);
  }
};

}  // namespace

TEST(MetadataStore, StartsFromTheInitialRoot) {
  TufWorld world;
  Device device(world);

  TrustedMetadata metadata = device.load();

  EXPECT_EQ(metadata.versions().root, 1);
  EXPECT_EQ(metadata.versions().timestamp, 0);
}

TEST(MetadataStore, GivesBackWhatWasSaved) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  world.root_version = 2;
  world.timestamp_version = 3;
  ASSERT_TRUE(client.update_root(world.root()));
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  ASSERT_TRUE(device.store.save(client));

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().root, 2);
  EXPECT_EQ(again.versions().timestamp, 3);
  EXPECT_EQ(again.targets().size(), 1u);
  EXPECT_TRUE(again.check_fresh(world.now));
  world.timestamp_version = 2;
  EXPECT_FALSE(again.update(world.bundle(), world.now)) << "rollback protection must survive a restart";
}

TEST(MetadataStore, GivesBackFilesThatAreWrittenInSeveralLines) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  MetadataBundle bundle = world.bundle();
  bundle.timestamp = nlohmann::json::parse(bundle.timestamp).dump(2);
  ASSERT_TRUE(client.update(bundle, world.now));
  ASSERT_TRUE(device.store.save(client));

  EXPECT_EQ(device.load().trusted_files().timestamp, bundle.timestamp);
}

TEST(MetadataStore, ANewInitialRootOfAnotherRepositoryStartsOver) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  ASSERT_TRUE(device.store.save(client));
  TufWorld other;
  for (auto& [role, keys] : other.keys)
    keys = {key_number(role, static_cast<std::uint8_t>(100 + role.size()))};
  device.disk.put(root_path, other.root());

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().timestamp, 0);
  EXPECT_TRUE(again.update(other.bundle(), other.now)) << "a fleet whose root keys are lost is taken over so";
}

TEST(MetadataStore, ExpiredFilesStillGuardAgainstRollback) {
  TufWorld world;
  world.timestamp_version = 9;
  Device device(world);
  TrustedMetadata client = device.load();
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  ASSERT_TRUE(device.store.save(client));

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().timestamp, 9);
  EXPECT_FALSE(again.check_fresh(at("2030-01-01T00:00:00Z")));
}

TEST(MetadataStore, KeepsHalfAnUpdate) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  world.raise_all();
  ASSERT_TRUE(client.update_timestamp(world.timestamp_file(), world.now));
  ASSERT_TRUE(device.store.save(client));

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().timestamp, 2);
  EXPECT_EQ(again.versions().snapshot, 1);
  EXPECT_EQ(again.targets().size(), 1u);
  EXPECT_TRUE(again.update(world.bundle(), world.now));
}

TEST(MetadataStore, RefusesToStartOnlyForTheInitialRoot) {
  TufWorld world;
  Device device(world);
  device.disk.put(root_path, "{}");
  auto damaged = device.store.load(root_path);
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, testing::HasSubstr(root_path));

  auto missing = device.store.load("/etc/none.json");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("/etc/none.json"));
}

TEST(MetadataStore, StartsAgainWhateverTheStoredFileHolds) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = world.updated_client();
  ASSERT_TRUE(device.store.save(client));
  const std::string good = *device.disk.get_text(stored_path);
  set_log_level(LogLevel::error);

  for (const char* text : {"", "{", "{}", "null", "[1,2]", "\xFF\xFE"}) {
    device.disk.put(stored_path, text);
    EXPECT_EQ(device.load().versions().root, 1) << text;
  }
  for (std::size_t i = 0; i < good.size(); i += 37) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    device.disk.put(stored_path, bad);
    TrustedMetadata loaded = device.load();
    EXPECT_TRUE(loaded.update(world.bundle(), world.now)) << "byte " << i;
  }
  set_log_level(LogLevel::info);
}

TEST(MetadataStore, KeepsTheRootChainWhenAnotherFileIsDamaged) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  world.root_version = 2;
  ASSERT_TRUE(client.update_root(world.root()));
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  ASSERT_TRUE(device.store.save(client));
  nlohmann::json stored = nlohmann::json::parse(*device.disk.get_text(stored_path));
  stored["timestamp"] = "{}";
  device.disk.put(stored_path, stored.dump());

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().root, 2);
  EXPECT_EQ(again.versions().timestamp, 0);
  EXPECT_EQ(again.versions().snapshot, 1);
}

TEST(MetadataStore, ReadErrorsAreNotAReasonToStop) {
  TufWorld world;
  Device device(world);
  ASSERT_TRUE(device.store.save(world.updated_client()));
  device.disk.fail_read(2);

  EXPECT_EQ(device.load().versions().timestamp, 0);
  EXPECT_EQ(device.load().versions().timestamp, 1);
}

TEST(MetadataStore, ANewerInitialRootContinuesTheStoredState) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = device.load();
  world.root_version = 2;
  ASSERT_TRUE(client.update_root(world.root()));
  ASSERT_TRUE(client.update(world.bundle(), world.now));
  ASSERT_TRUE(device.store.save(client));
  world.root_version = 3;
  device.disk.put(root_path, world.root());

  TrustedMetadata again = device.load();

  EXPECT_EQ(again.versions().root, 3);
  EXPECT_EQ(again.versions().timestamp, 1);
}

TEST(MetadataStore, AFullDiskLeavesTheOldState) {
  TufWorld world;
  Device device(world);
  TrustedMetadata client = world.updated_client();
  ASSERT_TRUE(device.store.save(client));
  const std::string good = *device.disk.get_text(stored_path);
  world.raise_all();
  ASSERT_TRUE(client.update(world.bundle(), world.now));

  device.disk.fail_write(1, ENOSPC);
  auto saved = device.store.save(client);

  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().cause.value(), ENOSPC);
  EXPECT_EQ(device.disk.get_text(stored_path), good);
}

TEST(MetadataStore, APowerCutLeavesTheOldOrTheNewState) {
  TufWorld first;
  TufWorld second = first;
  second.raise_all();
  for (const bool has_old : {false, true}) {
    bool reached_end = false;
    for (int k = 1; !reached_end; ++k) {
      for (Unsynced unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::torn}) {
        Device device(first);
        TrustedMetadata client = first.updated_client();
        if (has_old) {
          ASSERT_TRUE(device.store.save(client));
        }
        ASSERT_TRUE(client.update(second.bundle(), first.now));
        device.disk.cut_power_at(k);
        reached_end = bool(device.store.save(client));
        device.disk.restart(unsynced, static_cast<std::uint64_t>(k));

        const std::int64_t version = device.load().versions().targets;

        const std::int64_t old_version = has_old ? 1 : 0;
        EXPECT_TRUE(version == old_version || version == 2) << "cut at " << k << ", version " << version;
        if (reached_end) {
          EXPECT_EQ(version, 2) << "saved means durable";
        }
      }
    }
  }
}

}  // namespace dunlin
