#include "core/trust/repository_path.h"

#include <gtest/gtest.h>

namespace dunlin {

TEST(RepositoryPath, BuildsTheFolder) {
  Digest digest;
  digest.bytes.fill(0x11);
  const std::string hex(64, '1');

  EXPECT_EQ(root_path(3), "metadata/3.root.json");
  EXPECT_EQ(snapshot_path(3), "metadata/3.snapshot.json");
  EXPECT_EQ(targets_path(3), "metadata/3.targets.json");
  EXPECT_EQ(target_path("releases/edge/1.0.json", digest), "targets/releases/edge/" + hex + ".1.0.json");
  EXPECT_EQ(target_path("file", digest), "targets/" + hex + ".file");
  EXPECT_EQ(pack_path(digest), "packs/" + hex + ".pack");
  EXPECT_EQ(torrent_path(digest), "torrents/" + hex + ".torrent");
}

TEST(RepositoryPath, AcceptsPathsBelowTheRoot) {
  for (const char* path : {"a", "a/b", "packs/0a.pack", "a/..b", "a/b..", "a/.b", "a~1/b+c-d_e"})
    EXPECT_TRUE(check_repository_path(path)) << path;
}

TEST(RepositoryPath, RefusesWhateverLeavesTheRepository) {
  for (const char* path : {"",     "/",  "/a",   "..",  "../a", "a/..", "a/../b", ".",   "./a", "a/./b",
                           "a//b", "a/", "a\\b", "a b", "a%2e", "a?b",  "a#b",    "a:b", "a\n", "\xC3\xA9"})
    EXPECT_FALSE(check_repository_path(path)) << path;
  EXPECT_FALSE(check_repository_path(std::string_view("a\0b", 3)));
  EXPECT_TRUE(check_repository_path(std::string(512, 'a')));
  EXPECT_FALSE(check_repository_path(std::string(513, 'a')));
}

TEST(RepositoryPath, NamesAreSafeInPaths) {
  for (const char* name : {"edge", "board-2", "A.b_c+d", "0"}) EXPECT_TRUE(check_name(name)) << name;
  for (const char* name : {"", ".", "..", ".a", "-a", "a/b", "a b", "a~b"})
    EXPECT_FALSE(check_name(name)) << name;
  EXPECT_FALSE(check_name(std::string(65, 'a')));
}

}  // namespace dunlin
