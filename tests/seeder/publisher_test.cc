// Publishes on a simulated disk and looks at the repository as a device would.
#include "seeder/publisher.h"

#include <gtest/gtest.h>

#include "swarm/torrent_file.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

class PublisherTest : public testing::Test {
 protected:
  PublisherWorld world;
  const Bytes v1 = make_image(1);
  const Bytes v2 = changed(v1, 20'000);
};

TEST_F(PublisherTest, MakesAReleaseThatADeviceTrustsAndDecodes) {
  const Result<PublishOutcome> outcome = world.publish("1.0", v1);

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(world.newest_version(), "1.0");
  const ImageEntry& image = outcome->manifest.images.at(0);
  ASSERT_EQ(image.packs.size(), 1u);
  EXPECT_EQ(image.id, sha256(v1));
  EXPECT_EQ(world.decode(image.packs[0], {}), v1);
}

TEST_F(PublisherTest, MakesTorrentsOfItsPacks) {
  const PackEntry pack = world.publish("1.0", v1)->manifest.images.at(0).packs.at(0);

  const Bytes bytes = world.disk.get(world.paths.published(pack.torrent.path)).value();
  const Result<TorrentFile> torrent = parse_torrent(bytes);

  ASSERT_TRUE(torrent);
  EXPECT_EQ(torrent->size, pack.file.size);
  EXPECT_EQ(torrent->trackers, std::vector<std::string>{"https://10.0.0.1:8443/announce"});
}

TEST_F(PublisherTest, MakesATorrentOfTheImagesBytesForNeighbours) {
  const ImageEntry image = world.publish("1.0", v1)->manifest.images.at(0);

  ASSERT_TRUE(image.torrent.has_value());
  const Bytes bytes = world.disk.get(world.paths.published(image.torrent->path)).value();
  const Result<TorrentFile> torrent = parse_torrent(bytes);

  ASSERT_TRUE(torrent);
  EXPECT_EQ(torrent->size, v1.size());
  EXPECT_EQ(image.torrent->size, bytes.size());
  EXPECT_TRUE(piece_matches(*torrent, 0, ByteView(v1).first(torrent->piece_length(0))));
  EXPECT_EQ(torrent->trackers, std::vector<std::string>{"https://10.0.0.1:8443/announce"});
}

TEST_F(PublisherTest, NamesTheSameTorrentWhenAnImageIsPublishedAgain) {
  const auto first = world.publish("1.0", v1)->manifest.images.at(0).torrent;
  world.config.url = "https://moved.example:8443";

  const auto again = world.publish("1.1", v1)->manifest.images.at(0).torrent;

  EXPECT_EQ(again, first);
}

TEST_F(PublisherTest, MakesDeltaPacksFromTheReleasesBefore) {
  ASSERT_TRUE(world.publish("1.0", v1));

  const ImageEntry image = world.publish("2.0", v2)->manifest.images.at(0);

  ASSERT_EQ(image.packs.size(), 2u);
  EXPECT_EQ(image.packs[1].base, sha256(v1));
  EXPECT_LT(image.packs[1].file.size, image.packs[0].file.size / 4);
  EXPECT_EQ(world.decode(image.packs[0], {}), v2);
  EXPECT_EQ(world.decode(image.packs[1], v1), v2);
}

TEST_F(PublisherTest, MakesAsManyDeltaPacksAsAskedAndNoMore) {
  for (int i = 1; i <= 3; ++i)
    ASSERT_TRUE(world.publish(std::to_string(i) + ".0", changed(v1, static_cast<std::size_t>(i) * 1'000)));
  PublishRequest two = world.request("4.0", v1);
  two.deltas = 2;
  PublishRequest none = world.request("5.0", changed(v1, 9'000));
  none.deltas = 0;

  EXPECT_EQ(world.publish(two)->manifest.images.at(0).packs.size(), 3u);
  EXPECT_EQ(world.publish(none)->manifest.images.at(0).packs.size(), 1u);
}

TEST_F(PublisherTest, KeepsTheImagesOfTheNewestReleasesOnly) {
  for (int i = 1; i <= 5; ++i)
    ASSERT_TRUE(world.publish(std::to_string(i) + ".0", changed(v1, static_cast<std::size_t>(i) * 1'000)));

  EXPECT_EQ(world.files(world.paths.images()).size(), 3u);
}

TEST_F(PublisherTest, CarriesSeveralImagesHardwareAndFloors) {
  PublishRequest request = world.request("1.0", v1);
  world.disk.put("/in/app", make_image(7, 10'000));
  request.images["app"] = "/in/app";
  request.hardware = {"pc", "board"};
  request.version_floor = "0.5";
  request.data_floor = "0.4";

  const Manifest manifest = world.publish(request).value().manifest;

  EXPECT_EQ(manifest.images.size(), 2u);
  EXPECT_EQ(manifest.hardware, request.hardware);
  EXPECT_EQ(manifest.version_floor, "0.5");
  EXPECT_EQ(manifest.data_floor, "0.4");
  EXPECT_EQ(world.newest_version(), "1.0");
}

TEST_F(PublisherTest, PublishingTheSameAgainChangesNothing) {
  ASSERT_TRUE(world.publish("1.0", v1));
  const std::int64_t timestamp = world.trusted()->versions().timestamp;

  const Result<PublishOutcome> again = world.publish("1.0", v1);

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->already_published);
  EXPECT_EQ(world.trusted()->versions().timestamp, timestamp);
}

TEST_F(PublisherTest, RefusesOtherBytesUnderAPublishedVersion) {
  ASSERT_TRUE(world.publish("1.0", v1));

  const Result<PublishOutcome> other = world.publish("1.0", v2);

  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::usage);
  EXPECT_NE(other.error().message.find("other bytes"), std::string::npos);
  EXPECT_EQ(world.newest_version(), "1.0");
}

TEST_F(PublisherTest, RefusesOtherFloorsAndHardwareUnderAPublishedVersion) {
  ASSERT_TRUE(world.publish("1.0", v1));
  PublishRequest floor = world.request("1.0", v1);
  floor.version_floor = "0.9";
  PublishRequest hardware = world.request("1.0", v1);
  hardware.hardware = {"pc"};

  EXPECT_EQ(world.publish(floor).error().kind, ErrorKind::usage);
  EXPECT_EQ(world.publish(hardware).error().kind, ErrorKind::usage);
}

TEST_F(PublisherTest, RefusesAVersionThatIsNotNewerUnlessTold) {
  ASSERT_TRUE(world.publish("2.0", v2));
  PublishRequest older = world.request("1.0", v1);

  const Result<PublishOutcome> refused = world.publish(older);
  older.allow_older = true;
  const Result<PublishOutcome> told = world.publish(older);

  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("--allow-older"), std::string::npos);
  EXPECT_TRUE(told);
  EXPECT_EQ(world.newest_version(), "2.0");
}

TEST_F(PublisherTest, NamesTheSamePackWhenAnImageIsPublishedAgain) {
  const PackEntry first = world.publish("1.0", v1)->manifest.images.at(0).packs.at(0);

  const PackEntry again = world.publish("1.1", v1)->manifest.images.at(0).packs.at(0);

  EXPECT_EQ(again.file.path, first.file.path);
  EXPECT_EQ(world.files(world.paths.published("packs")).size(), 1u);
}

TEST_F(PublisherTest, RefusesRequestsThatMakeNoSense) {
  const auto kind_of = [this](auto change) {
    PublishRequest request = world.request("1.0", v1);
    change(request);
    const Result<PublishOutcome> outcome = world.publish(request);
    return outcome ? "published" : std::string(to_string(outcome.error().kind));
  };
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.version = "1 0"; }), "usage");
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.version_floor = "2.0"; }), "usage");
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.images.clear(); }), "usage");
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.images["Root FS"] = "/in/1.0"; }), "usage");
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.images["rootfs"] = "/in/none"; }), "usage");
  EXPECT_EQ(kind_of([](PublishRequest& r) { r.images["rootfs"] = "/in"; }), "usage");
  EXPECT_EQ(world.newest_version(), "none");
}

TEST_F(PublisherTest, AFullDiskIsNoticedBeforeAnythingIsWritten) {
  ASSERT_TRUE(world.publish("1.0", v1));
  const int changes = world.disk.changes();
  PublishRequest request = world.request("2.0", v2);
  world.disk.set_capacity(600'000);

  const Result<PublishOutcome> outcome = world.publish(request);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::device);
  EXPECT_NE(outcome.error().message.find("not enough space"), std::string::npos) << outcome.error().message;
  EXPECT_EQ(world.newest_version(), "1.0");
  EXPECT_LE(world.disk.changes(), changes + 2);
}

// What is only kept to save work the next time may fail without a word.
TEST_F(PublisherTest, AFailedWriteAnywhereLeavesTheOldReleaseOrTheNewOneAndNoLeftovers) {
  ASSERT_TRUE(world.publish("1.0", v1));
  const int before = world.disk.changes();
  ASSERT_TRUE(world.publish("2.0", v2));
  const int writes_max = world.disk.changes() - before;
  int failures = 0;
  for (int nth = 1; nth <= writes_max; ++nth) {
    PublisherWorld fresh;
    ASSERT_TRUE(fresh.publish("1.0", v1));
    const std::size_t packs = fresh.files(fresh.paths.published("packs")).size();
    fresh.disk.fail_write(nth, ENOSPC);
    const Result<PublishOutcome> outcome = fresh.publish("2.0", v2);
    ASSERT_EQ(fresh.newest_version(), outcome ? "2.0" : "1.0") << nth;
    ASSERT_TRUE(fresh.files(fresh.paths.work()).empty()) << nth;
    if (outcome) continue;
    ++failures;
    ASSERT_NE(outcome.error().message.find("No space left"), std::string::npos) << outcome.error().message;
    ASSERT_EQ(fresh.files(fresh.paths.published("packs")).size(), packs) << nth;
  }
  EXPECT_GT(failures, 5);
}

TEST_F(PublisherTest, ACancelledPublishLeavesTheOldRelease) {
  ASSERT_TRUE(world.publish("1.0", v1));
  world.cancel = true;

  const Result<PublishOutcome> outcome = world.publish("2.0", v2);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(world.newest_version(), "1.0");
  EXPECT_TRUE(world.files(world.paths.work()).empty());
}

TEST_F(PublisherTest, FindsItsReleasesAgainWhenTheDatabaseIsLost) {
  ASSERT_TRUE(world.publish("1.0", v1));
  ASSERT_TRUE(world.publish("2.0", v2));
  world.store = FleetStore::open(":memory:").value();

  const ImageEntry image = world.publish("3.0", changed(v2, 5'000))->manifest.images.at(0);

  EXPECT_EQ(image.packs.size(), 3u);
  EXPECT_EQ(world.store.releases()->size(), 3u);
  EXPECT_EQ(world.newest_version(), "3.0");
}

TEST_F(PublisherTest, MakesNoDeltaFromADamagedCopy) {
  ASSERT_TRUE(world.publish("1.0", v1));
  world.disk.put(world.paths.image(sha256(v1)), changed(v1, 3));

  const ImageEntry image = world.publish("2.0", v2)->manifest.images.at(0);

  EXPECT_EQ(image.packs.size(), 1u);
}

// The loop over every change of the disk: after the cut, a device sees the old release or the new one, whole,
// and the next publish succeeds without help.
void cut_everywhere(Unsynced unsynced) {
  const Bytes v1 = make_image(1, 60'000);
  const Bytes v2 = changed(v1, 2'000);
  for (int cut = 1; cut < 1'000; ++cut) {
    PublisherWorld world;
    ASSERT_TRUE(world.publish("1.0", v1));
    const PublishRequest request = world.request("2.0", v2);
    world.disk.sync_all();
    world.disk.cut_power_at(cut);
    const Result<PublishOutcome> outcome = world.publish(request);
    if (!world.disk.is_off()) {
      ASSERT_TRUE(outcome) << outcome.error().message;  // the cut lies beyond the last change: all were tried
      ASSERT_GT(cut, 30);
      return;
    }
    world.disk.restart(unsynced, static_cast<std::uint64_t>(cut));

    const std::string seen = world.newest_version();
    ASSERT_TRUE(seen == "1.0" || seen == "2.0") << "cut " << cut << ": " << seen;
    world.store = FleetStore::open(":memory:").value();
    const Result<PublishOutcome> again = world.publish(request);
    ASSERT_TRUE(again) << "cut " << cut << ": " << again.error().message;
    ASSERT_EQ(world.newest_version(), "2.0") << "cut " << cut;
  }
}

TEST(PublisherPowerCut, ShowsTheOldOrTheNewReleaseWholeWhenUnsyncedWritesAreLost) {
  cut_everywhere(Unsynced::lost);
}

TEST(PublisherPowerCut, ShowsTheOldOrTheNewReleaseWholeWhenUnsyncedWritesAreTorn) {
  cut_everywhere(Unsynced::torn);
}

}  // namespace
}  // namespace dunlin
