#include "core/trust/bundle_contents.h"

#include "tests/core/trust/published_repository.h"
#include "tests/fakes/made_bundle.h"
#include "tests/fakes/rotated_key.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

using Members = std::vector<std::pair<std::string, Bytes>>;

const std::string label = to_json(BundleLabel{"edge", "1.0"});

Result<BundleContents> read(const Members& members) {
  const MemorySource source(made_bundle(members));
  Result<BundleIndex> index = BundleIndex::read(source);
  if (!index) return fail(std::move(index.error()));
  return read_contents(source, *index);
}

// The repository's metadata as members, roots in the wrong order.
Members members_of(const PublishedRepository& repository) {
  Members members = {{"bundle.json", to_bytes(label)}};
  const TrustedVersions versions = repository.signer.versions();
  std::vector<std::string> paths = {std::string(timestamp_path), snapshot_path(versions.snapshot),
                                    targets_path(versions.targets)};
  for (std::int64_t root = versions.root; root > 0; --root) paths.push_back(root_path(root));
  for (const std::string& path : paths) members.emplace_back(path, to_bytes(repository.file(path)));
  return members;
}

TEST(BundleContents, HoldMetadataThatADeviceTrusts) {
  PublishedRepository repository;
  repository.publish("1.0");
  const TrustedMetadata born = repository.client();
  ASSERT_NO_FATAL_FAILURE(repository.write(*rotate_key(repository.signer, "timestamp", publish_time)));
  repository.publish("1.1");

  const Result<BundleContents> contents = read(members_of(repository));

  ASSERT_TRUE(contents) << contents.error().message;
  TrustedMetadata metadata = born;
  const Result<void> updated = metadata.update(contents->metadata, publish_time);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(metadata.versions().root, 2);
  EXPECT_TRUE(metadata.targets().contains("releases/edge/1.1.json"));
}

TEST(BundleContents, KeepManifestsAndTorrentsByTheirPaths) {
  PublishedRepository repository;
  repository.publish("1.0");
  Members members = members_of(repository);
  members.emplace_back("targets/releases/edge/0.1.0.json", Bytes{1});
  members.emplace_back("torrents/0.torrent", Bytes{2});
  members.emplace_back("packs/0.pack", Bytes{3});

  const Result<BundleContents> contents = read(members);

  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->label.version, "1.0");
  EXPECT_EQ(contents->files, (std::map<std::string, Bytes>{{"targets/releases/edge/0.1.0.json", {1}},
                                                           {"torrents/0.torrent", {2}}}));
}

TEST(BundleContents, OfALaterFormatSayWhatToDo) {
  const Result<BundleContents> contents =
      read({{"bundle.json", to_bytes(R"({"format":2,"product":"edge","version":"1"})")}});

  ASSERT_FALSE(contents);
  EXPECT_THAT(contents.error().message, testing::HasSubstr("use a newer dunlin"));
}

TEST(BundleContents, WithoutMetadataAreRefused) {
  const Result<BundleContents> contents = read({{"bundle.json", to_bytes(label)}});

  ASSERT_FALSE(contents);
  EXPECT_THAT(contents.error().message, testing::HasSubstr("lacks metadata"));
}

TEST(BundleContents, NeverReadMoreThanTheirKindMayHave) {
  for (const std::string path : {"bundle.json", "metadata/1.root.json", "metadata/timestamp.json",
                                 "targets/releases/edge/0.1.0.json", "torrents/0.torrent"}) {
    Members members = {{"bundle.json", to_bytes(label)}};
    if (path == members[0].first) members.clear();
    members.emplace_back(path, Bytes((16u << 20) + 1));

    const Result<BundleContents> contents = read(members);

    ASSERT_FALSE(contents) << path;
    EXPECT_THAT(contents.error().message, testing::HasSubstr(path + " in the bundle has"));
  }
}

}  // namespace
}  // namespace dunlin
