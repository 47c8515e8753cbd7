// The seeder's torrents after publications: which it seeds, and which it only tracks.
#include "seeder/seed_set.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_swarm.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

class SeedSetTest : public testing::Test {
 protected:
  ImageEntry publish(const std::string& version, const Bytes& image) {
    const ImageEntry entry = world.publish(version, image).value().manifest.images.at(0);
    for (const PackEntry& pack : entry.packs) network.contents[pack.torrent.sha256] = published(pack.file);
    return entry;
  }

  Bytes published(const RepositoryFile& file) {
    return world.disk.get(world.paths.published(file.path)).value();
  }

  Result<AnnounceAnswer> announce(const RepositoryFile& torrent) {
    AnnounceRequest request;
    request.info_hash = swarm_hash_of(parse_torrent(published(torrent)).value().info_hash);
    request.peer_id = "peer-1";
    request.site = "north";
    return tracker.announce(request);
  }

  PublisherWorld world;
  SwarmWorld network;
  asio::io_context io;
  Fuse fuse{io};
  SeededRandom random{1};
  FakeSwarm swarm{network, world.disk, fuse};
  Tracker tracker{TrackerLimits{}, world.clock, random};
  SeedSet seeds{world.disk, world.paths, world.store, tracker, swarm};
};

TEST_F(SeedSetTest, SeedsPacksAndOnlyTracksImages) {
  const ImageEntry image = publish("1.0", make_image(1));

  EXPECT_EQ(seeds.refresh().value(), 1u);

  EXPECT_EQ(seeds.size(), 1u);
  EXPECT_TRUE(announce(image.packs.at(0).torrent));
  EXPECT_TRUE(announce(*image.torrent));
}

TEST_F(SeedSetTest, AddsWhatWasPublishedSince) {
  publish("1.0", make_image(1));
  ASSERT_TRUE(seeds.refresh());
  const ImageEntry image = publish("2.0", make_image(2));
  ASSERT_FALSE(announce(*image.torrent));

  ASSERT_TRUE(seeds.refresh());

  EXPECT_TRUE(announce(*image.torrent));
}

}  // namespace
}  // namespace dunlin
