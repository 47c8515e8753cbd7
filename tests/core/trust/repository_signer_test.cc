#include "core/trust/repository_signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/release_policy.h"
#include "tests/core/trust/published_repository.h"

namespace dunlin {

namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

const WallTime now = publish_time;

}  // namespace

TEST(RepositorySigner, PublishesWhatAClientAccepts) {
  PublishedRepository repository;
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
  PublishedRepository repository;
  repository.publish("1.0");
  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));

  repository.publish("1.1");

  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(client.versions().timestamp, 2);
  EXPECT_EQ(client.versions().targets, 2);
  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.1");
}

TEST(RepositorySigner, OpensAndRenewsAnExpiredRepository) {
  PublishedRepository repository;
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
  PublishedRepository repository;
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
  PublishedRepository repository;
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
  PublishedRepository repository;
  repository.publish("1.0");
  repository.publish("1.1");

  EXPECT_TRUE(repository.signer.remove_target("releases/edge/1.1.json"));
  EXPECT_FALSE(repository.signer.remove_target("releases/edge/1.1.json"));
  repository.write(*repository.signer.sign_all(now));

  TrustedMetadata client = repository.client();
  ASSERT_TRUE(client.update(repository.bundle(), now));
  EXPECT_EQ(select_release(client, "edge", "pc")->version, "1.0");
}

TEST(RepositorySigner, KeepsMembersOfTargetsThatItDoesNotKnow) {
  PublishedRepository repository;
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

}  // namespace dunlin
