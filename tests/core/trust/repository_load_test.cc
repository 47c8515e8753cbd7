// A signer finds its repository again: after a restart, a power cut, damage, a lost or a new key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/release_policy.h"
#include "tests/core/trust/published_repository.h"
#include "tests/fakes/rotated_key.h"

namespace dunlin {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const WallTime now = publish_time;

}  // namespace

TEST(RepositorySigner, GoesOnFromWhatIsOnTheDisk) {
  PublishedRepository repository;
  repository.publish("1.0");

  repository.signer = repository.loaded();
  repository.publish("1.1");

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(client.targets().size(), 2u);
  EXPECT_EQ(repository.signer.versions().targets, 2);
}

TEST(RepositorySigner, GoesOnFromARepositoryThatWasNeverPublished) {
  PublishedRepository repository;
  ASSERT_TRUE(repository.signer.save_keys(repository.disk, "/keys"));
  repository.disk.put("/repository/metadata/1.root.json", repository.signer.root_json());

  repository.signer = repository.loaded();
  repository.publish("1.0");

  TrustedMetadata client = repository.client();
  EXPECT_TRUE(client.update(repository.bundle(), now));
}

TEST(RepositorySigner, EveryRoleCanGetANewKey) {
  for (const char* role : {"root", "targets", "snapshot", "timestamp"}) {
    SCOPED_TRACE(role);
    PublishedRepository repository;
    repository.publish("1.0");
    TrustedMetadata client = repository.client();
    ASSERT_TRUE(client.update(repository.bundle(), now));

    auto rotated = rotate_key(repository.signer, role, now);
    ASSERT_TRUE(rotated) << rotated.error().message;
    EXPECT_THAT(paths(*rotated), testing::Contains("metadata/2.root.json"));
    EXPECT_EQ(paths(*rotated).back(), "metadata/timestamp.json");
    repository.write(*rotated);
    EXPECT_TRUE(client.update(repository.bundle(), now)) << "the rotation alone is a whole repository";
    repository.publish("1.1");

    auto updated = client.update(repository.bundle(), now);
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(client.versions().root, 2);
    repository.signer = repository.loaded();
    repository.publish("1.2");
    EXPECT_TRUE(client.update(repository.bundle(), now));
    EXPECT_TRUE(rotate_key(repository.signer, role, now)) << "the new key must carry on";
  }
}

TEST(RepositorySigner, RefusesToRotateAnUnknownRole) {
  RepositorySigner signer = *RepositorySigner::create({}, now);

  EXPECT_FALSE(rotate_key(signer, "mirrors", now));
}

TEST(RepositorySigner, SaysWhichKeyIsMissingAndChangesNothing) {
  PublishedRepository repository;
  repository.publish("1.0");
  const std::vector<std::string> names = *repository.disk.list("/keys");
  for (const std::string& name : names) {
    const bool is_offline = name.starts_with("targets-") || name.starts_with("root-");
    if (is_offline) {
      ASSERT_TRUE(repository.disk.remove("/keys/" + name));
    }
  }

  RepositorySigner signer = repository.loaded();
  auto signed_files = signer.sign_all(now);

  ASSERT_FALSE(signed_files);
  EXPECT_EQ(signed_files.error().kind, ErrorKind::usage);
  EXPECT_THAT(signed_files.error().message, HasSubstr("role targets"));
  EXPECT_EQ(signer.versions().targets, 1);
  EXPECT_FALSE(rotate_key(signer, "timestamp", now));
  EXPECT_TRUE(signer.renew_timestamp(now)) << "the seeder needs only its own two keys";
}

TEST(RepositorySigner, RefusesDamagedFilesByName) {
  PublishedRepository repository;
  repository.publish("1.0");
  repository.publish("1.1");
  const auto keys = *repository.disk.list("/keys");
  for (const std::string& path :
       {std::string("/repository/metadata/1.root.json"), std::string("/repository/metadata/timestamp.json"),
        std::string("/repository/metadata/2.snapshot.json"),
        std::string("/repository/metadata/2.targets.json"), "/keys/" + keys[0]}) {
    SCOPED_TRACE(path);
    const Bytes good = *repository.disk.get(path);
    Bytes bad = good;
    bad[bad.size() / 2] = static_cast<std::uint8_t>(bad[bad.size() / 2] ^ 1);
    repository.disk.put(path, bad);

    auto loaded = RepositorySigner::load(repository.disk, "/keys", "/repository", {});

    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().message, HasSubstr(path.substr(path.rfind('/') + 1)));
    repository.disk.put(path, good);
  }
}

TEST(RepositorySigner, SaysThatThereIsNoRepository) {
  FakeDisk disk;

  auto loaded = RepositorySigner::load(disk, "/keys", "/repository", {});

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::usage);
  EXPECT_THAT(loaded.error().message, HasSubstr("init"));
}

// Whatever moment the power goes while a release is written, clients see the old release or the new one.
TEST(RepositorySigner, APowerCutWhilePublishingLeavesAWholeRepository) {
  bool reached_end = false;
  for (int k = 1; !reached_end; ++k) {
    SCOPED_TRACE(k);
    PublishedRepository repository;
    repository.publish("1.0");
    repository.disk.cut_power_at(k);
    ASSERT_TRUE(repository.signer.add_release(sample_manifest("1.1")));
    reached_end = bool(write_repository(repository.disk, "/repository", *repository.signer.sign_all(now)));
    repository.disk.restart(Unsynced::torn, static_cast<std::uint64_t>(k));

    repository.signer = repository.loaded();
    TrustedMetadata client = repository.client();

    ASSERT_TRUE(client.update(repository.bundle(), now));
    repository.publish("1.1");
    ASSERT_TRUE(client.update(repository.bundle(), now)) << "publishing again must work";
    EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.1");
  }
}

// Whatever moment the power goes while a key is exchanged, the seeder goes on, and clients with it.
TEST(RepositorySigner, APowerCutWhileAKeyIsExchangedIsMended) {
  for (const char* role : {"root", "snapshot", "timestamp"}) {
    bool reached_end = false;
    for (int k = 1; !reached_end; ++k) {
      SCOPED_TRACE(std::string(role) + " " + std::to_string(k));
      PublishedRepository repository;
      repository.publish("1.0");
      TrustedMetadata client = repository.client();
      ASSERT_TRUE(client.update(repository.bundle(), now));
      auto outputs = rotate_key(repository.signer, role, now);
      ASSERT_TRUE(repository.signer.save_keys(repository.disk, "/keys"));
      repository.disk.cut_power_at(k);
      reached_end = bool(write_repository(repository.disk, "/repository", *outputs));
      repository.disk.restart(Unsynced::torn, static_cast<std::uint64_t>(k));

      repository.signer = repository.loaded();
      if (repository.signer.needs_signing()) {
        auto renewed = repository.signer.renew_timestamp(now);
        ASSERT_TRUE(renewed) << renewed.error().message;
        repository.write(*renewed);
      }

      auto updated = client.update(repository.bundle(), now);
      ASSERT_TRUE(updated) << updated.error().message;
    }
  }
}

}  // namespace dunlin
