#include "core/trust/repository_signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/release_policy.h"
#include "tests/core/trust/sample_manifest.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

const WallTime now{std::chrono::seconds(1'780'000'000)};

// A repository folder on a fake disk and the signer that made it.
struct Repository {
  FakeDisk disk;
  RepositorySigner signer = *RepositorySigner::create({}, now);

  void write(const std::vector<RepositoryOutput>& outputs) {
    ASSERT_TRUE(write_repository(disk, "/repository", outputs));
  }
  void publish(const std::string& version, WallTime when = now) {
    auto file = signer.add_release(sample_manifest(version));
    ASSERT_TRUE(file) << file.error().message;
    auto outputs = signer.sign_all(when);
    ASSERT_TRUE(outputs) << outputs.error().message;
    write(*outputs);
    ASSERT_TRUE(signer.save_keys(disk, "/keys"));
  }
  std::string file(const std::string& path) const {
    return disk.get_text("/repository/" + path).value_or("");
  }
  MetadataBundle bundle() const {
    MetadataBundle bundle;
    for (std::int64_t n = 2; n <= signer.versions().root; ++n)
      bundle.roots.push_back(file("metadata/" + std::to_string(n) + ".root.json"));
    bundle.timestamp = file("metadata/timestamp.json");
    bundle.snapshot = file("metadata/" + std::to_string(signer.versions().snapshot) + ".snapshot.json");
    bundle.targets = file("metadata/" + std::to_string(signer.versions().targets) + ".targets.json");
    return bundle;
  }
  TrustedMetadata client() const { return *TrustedMetadata::from_root(file("metadata/1.root.json")); }
  RepositorySigner loaded() { return *RepositorySigner::load(disk, "/keys", "/repository", {}); }
};

std::vector<std::string> paths(const std::vector<RepositoryOutput>& outputs) {
  std::vector<std::string> list;
  for (const RepositoryOutput& output : outputs) list.push_back(output.path);
  return list;
}

}  // namespace

TEST(RepositorySigner, PublishesWhatAClientAccepts) {
  Repository repository;
  repository.publish("1.0");

  TrustedMetadata client = repository.client();
  auto updated = client.update(repository.bundle(), now);

  ASSERT_TRUE(updated) << updated.error().message;
  auto release = select_release(client, "edge", "pc");
  ASSERT_TRUE(release.has_value());
  auto manifest = open_release(*release, *repository.disk.get("/repository/" + release->repository_path()));
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(*manifest, sample_manifest("1.0"));
  EXPECT_TRUE(client.consistent_snapshot());
}

TEST(RepositorySigner, WritesTheTimestampLast) {
  RepositorySigner signer = *RepositorySigner::create({}, now);
  auto file = signer.add_release(sample_manifest("1.0"));

  auto outputs = signer.sign_all(now);

  ASSERT_TRUE(outputs);
  EXPECT_THAT(paths(*outputs), ElementsAre("metadata/1.root.json", file->path, "metadata/1.targets.json",
                                           "metadata/1.snapshot.json", "metadata/timestamp.json"));
}

TEST(RepositorySigner, RaisesEveryVersionWithEachPublish) {
  Repository repository;
  repository.publish("1.0");
  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));

  repository.publish("1.1");

  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(client.versions().timestamp, 2);
  EXPECT_EQ(client.versions().targets, 2);
  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.1");
}

TEST(RepositorySigner, GoesOnFromWhatIsOnTheDisk) {
  Repository repository;
  repository.publish("1.0");

  repository.signer = repository.loaded();
  repository.publish("1.1");

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(client.targets().size(), 2u);
  EXPECT_EQ(repository.signer.versions().targets, 2);
}

TEST(RepositorySigner, GoesOnFromARepositoryThatWasNeverPublished) {
  Repository repository;
  ASSERT_TRUE(repository.signer.save_keys(repository.disk, "/keys"));
  repository.disk.put("/repository/metadata/1.root.json", repository.signer.root_json());

  repository.signer = repository.loaded();
  repository.publish("1.0");

  TrustedMetadata client = repository.client();
  EXPECT_TRUE(client.update(repository.bundle(), now));
}

TEST(RepositorySigner, OpensAndRenewsAnExpiredRepository) {
  Repository repository;
  repository.publish("1.0");
  const WallTime later = now + hours(24 * 60);
  TrustedMetadata client = repository.client();
  ASSERT_FALSE(client.update(repository.bundle(), later));

  repository.signer = repository.loaded();
  auto outputs = repository.signer.renew_timestamp(later);

  ASSERT_TRUE(outputs);
  EXPECT_THAT(paths(*outputs), ElementsAre("metadata/2.snapshot.json", "metadata/timestamp.json"));
  repository.write(*outputs);
  EXPECT_TRUE(client.update(repository.bundle(), later));
}

TEST(RepositorySigner, RenewsOnlyTheTimestampWhileTheSnapshotIsValidLongEnough) {
  Repository repository;
  repository.publish("1.0");

  auto outputs = repository.signer.renew_timestamp(now + hours(24));

  ASSERT_TRUE(outputs);
  EXPECT_THAT(paths(*outputs), ElementsAre("metadata/timestamp.json"));
  repository.write(*outputs);
  TrustedMetadata client = repository.client();
  EXPECT_TRUE(client.update(repository.bundle(), now + hours(24 * 7)));
}

TEST(RepositorySigner, RefusesToRenewWhatWasNeverPublished) {
  RepositorySigner signer = *RepositorySigner::create({}, now);

  auto outputs = signer.renew_timestamp(now);

  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().kind, ErrorKind::usage);
}

TEST(RepositorySigner, APublishedVersionNeverChanges) {
  Repository repository;
  repository.publish("1.0");
  Manifest other = sample_manifest("1.0");
  other.hardware = {"other"};

  auto refused = repository.signer.add_release(other);
  auto again = repository.signer.add_release(sample_manifest("1.0"));

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("choose a higher version"));
  EXPECT_TRUE(again);
}

TEST(RepositorySigner, RefusesAManifestThatDevicesWouldRefuse) {
  RepositorySigner signer = *RepositorySigner::create({}, now);
  Manifest manifest = sample_manifest("1.0");
  manifest.images[0].packs.clear();

  auto refused = signer.add_release(manifest);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_THAT(refused.error().message, HasSubstr("images[0].packs"));
}

TEST(RepositorySigner, ARemovedTargetIsGoneForClients) {
  Repository repository;
  repository.publish("1.0");
  repository.publish("1.1");

  EXPECT_TRUE(repository.signer.remove_target("releases/edge/1.1.json"));
  EXPECT_FALSE(repository.signer.remove_target("releases/edge/1.1.json"));
  repository.write(*repository.signer.sign_all(now));

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.0");
}

TEST(RepositorySigner, EveryRoleCanGetANewKey) {
  for (const char* role : {"root", "targets", "snapshot", "timestamp"}) {
    SCOPED_TRACE(role);
    Repository repository;
    repository.publish("1.0");
    TrustedMetadata client = repository.client();
    ASSERT_TRUE(client.update(repository.bundle(), now));

    auto rotated = repository.signer.rotate_key(role, now);
    ASSERT_TRUE(rotated);
    EXPECT_THAT(paths(*rotated), ElementsAre("metadata/2.root.json"));
    repository.write(*rotated);
    repository.publish("1.1");

    auto updated = client.update(repository.bundle(), now);
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(client.versions().root, 2);
    repository.signer = repository.loaded();
    repository.publish("1.2");
    EXPECT_TRUE(client.update(repository.bundle(), now));
    EXPECT_TRUE(repository.signer.rotate_key(role, now)) << "the new key must carry on";
  }
}

TEST(RepositorySigner, RefusesToRotateAnUnknownRole) {
  RepositorySigner signer = *RepositorySigner::create({}, now);

  EXPECT_FALSE(signer.rotate_key("mirrors", now));
}

TEST(RepositorySigner, SaysWhichKeyIsMissingAndChangesNothing) {
  Repository repository;
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
  EXPECT_FALSE(signer.rotate_key("timestamp", now));
  EXPECT_TRUE(signer.renew_timestamp(now)) << "the seeder needs only its own two keys";
}

TEST(RepositorySigner, RefusesDamagedFilesByName) {
  Repository repository;
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

TEST(RepositorySigner, KeepsMembersOfTargetsThatItDoesNotKnow) {
  Repository repository;
  repository.publish("1.0");
  repository.signer.add_target("other/file", {3, sha256(as_bytes("abc")), R"({"x":1})"});
  repository.write(*repository.signer.sign_all(now));

  repository.signer = repository.loaded();
  repository.write(*repository.signer.sign_all(now));

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(client.targets().at("other/file").custom, R"({"x":1})");
  EXPECT_EQ(client.targets().at("other/file").size, 3u);
}

// Whatever moment the power goes while a release is written, clients see the old release or the new one.
TEST(RepositorySigner, APowerCutWhilePublishingLeavesAWholeRepository) {
  bool reached_end = false;
  for (int k = 1; !reached_end; ++k) {
    SCOPED_TRACE(k);
    Repository repository;
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

}  // namespace dunlin
