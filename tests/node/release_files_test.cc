#include "node/release_files.h"

#include "tests/fakes/fake_disk.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

RepositoryFile torrent_of(const Bytes& bytes) {
  const Digest digest = sha256(bytes);
  return {"torrents/" + digest.hex() + ".torrent", bytes.size(), digest};
}

RepositoryFile manifest_of(const Bytes& bytes) {
  return {"targets/releases/edge/" + sha256(bytes).hex() + ".1.json", bytes.size(), sha256(bytes)};
}

struct ReleaseFilesTest : testing::Test {
  FakeDisk disk;
  NodePaths paths{"/data"};
  ReleaseFiles files{disk, paths};
  const Bytes torrent = {1, 2, 3};
  const Bytes manifest = {4, 5};
};

TEST_F(ReleaseFilesTest, FindWhatWasKept) {
  ASSERT_TRUE(files.keep(torrent_of(torrent), torrent));
  ASSERT_TRUE(files.keep(manifest_of(manifest), manifest));

  EXPECT_EQ(files.find(torrent_of(torrent)), torrent);
  EXPECT_EQ(files.find(manifest_of(manifest)), manifest);
  EXPECT_EQ(disk.get(paths.torrent(sha256(torrent))), torrent);
  EXPECT_EQ(disk.get(paths.manifest(sha256(manifest))), manifest);
}

TEST_F(ReleaseFilesTest, FindNothingThatIsDamaged) {
  ASSERT_TRUE(files.keep(torrent_of(torrent), torrent));
  disk.put(paths.torrent(sha256(torrent)), Bytes{1, 2, 4});

  EXPECT_FALSE(files.find(torrent_of(torrent)));
  EXPECT_FALSE(files.find(manifest_of(manifest)));
}

TEST_F(ReleaseFilesTest, OfOtherReleasesAreRemoved) {
  const Bytes old = {9};
  Manifest release;
  release.images.push_back({"rootfs", 10, {}, torrent_of({7}), {{{}, torrent_of(torrent), {}}}});
  for (const Bytes& each : {torrent, Bytes{7}, old}) ASSERT_TRUE(files.keep(torrent_of(each), each));
  for (const Bytes& each : {manifest, old}) ASSERT_TRUE(files.keep(manifest_of(each), each));

  files.keep_only(sha256(manifest), release);

  EXPECT_TRUE(files.find(torrent_of(torrent)));
  EXPECT_TRUE(files.find(torrent_of({7})));
  EXPECT_TRUE(files.find(manifest_of(manifest)));
  EXPECT_FALSE(files.find(torrent_of(old)));
  EXPECT_FALSE(files.find(manifest_of(old)));
}

}  // namespace
}  // namespace dunlin
