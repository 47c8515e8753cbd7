// Bundles made from a simulated seeder's folder, read as a device reads them.
#include "seeder/bundle_maker.h"

#include "core/trust/bundle_contents.h"
#include "tests/seeder/publisher_world.h"

namespace dunlin {
namespace {

class BundleMakerTest : public testing::Test {
 protected:
  BundleMakerTest() {
    EXPECT_TRUE(world.publish("1.0", v1));
    EXPECT_TRUE(world.publish("2.0", changed(v1, 20'000)));
    EXPECT_TRUE(world.disk.create_directories("/stick"));
  }

  Result<BundleOutcome> make(const BundleRequest& request = {"", BundledPacks::full, "/stick/b"}) {
    const auto ignore = [](std::uint64_t, std::uint64_t) {};
    return make_bundle(world.paths, world.config, request,
                       BundleMachine{world.disk, world.clock, ignore, world.cancel});
  }
  std::string complaint(const BundleRequest& request) {
    const Result<BundleOutcome> outcome = make(request);
    return outcome ? "made" : outcome.error().message;
  }
  Bytes bundle() { return world.disk.get("/stick/b").value_or(Bytes()); }
  std::vector<std::string> packs() {
    std::vector<std::string> paths;
    const BundleIndex index = BundleIndex::read(MemorySource(bundle())).value();
    for (const BundleMember& member : index.members()) {
      if (member.path.starts_with("packs/")) paths.push_back(member.path);
    }
    return paths;
  }

  const Bytes v1 = make_image(1);
  PublisherWorld world;
};

TEST_F(BundleMakerTest, HoldsTheNewestReleaseWithItsFullPackAndAllTorrents) {
  const Result<BundleOutcome> outcome = make();

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->version, "2.0");
  EXPECT_EQ(outcome->size, bundle().size());
  const MemorySource source(bundle());
  const BundleIndex index = BundleIndex::read(source).value();
  const Result<BundleContents> contents = read_contents(source, index);
  ASSERT_TRUE(contents) << contents.error().message;
  TrustedMetadata metadata =
      *TrustedMetadata::from_root(*world.disk.get_text(world.paths.published("metadata/1.root.json")));
  ASSERT_TRUE(metadata.update(contents->metadata, world.clock.now()));
  const ReleaseTarget release = *select_release(metadata, "edge", "pc");
  const Manifest found = open_release(release, contents->files.at(release.repository_path())).value();
  const ImageEntry& image = found.images.front();
  EXPECT_EQ(image.packs.size(), 2u);
  for (const PackEntry& pack : image.packs) EXPECT_TRUE(contents->files.contains(pack.torrent.path));
  EXPECT_TRUE(contents->files.contains(image.torrent->path));
  EXPECT_EQ(packs(), std::vector<std::string>{image.packs.front().file.path});
  const Bytes pack = read_member(source, *index.find(packs().front()), 1u << 20).value();
  EXPECT_EQ(sha256(pack), image.packs.front().file.sha256);
}

TEST_F(BundleMakerTest, TakesDeltaPacksToo) {
  ASSERT_TRUE(make({"", BundledPacks::all, "/stick/b"}));

  EXPECT_EQ(packs().size(), 2u);
}

TEST_F(BundleMakerTest, MakesTheSameBytesAgain) {
  ASSERT_TRUE(make());
  const Bytes first = bundle();

  ASSERT_TRUE(make());

  EXPECT_EQ(bundle(), first);
}

TEST_F(BundleMakerTest, SaysThatAnotherReleaseIsNewer) {
  const Result<BundleOutcome> outcome = make({"1.0", BundledPacks::full, "/stick/b"});

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->version, "1.0");
  EXPECT_EQ(outcome->newer_version, "2.0");
}

TEST_F(BundleMakerTest, RenewsATimestampOfWhichLessThanHalfIsLeft) {
  const WallTime before = make()->valid_until;
  world.clock.advance(world.config.lifetimes.timestamp * 3 / 4);

  const Result<BundleOutcome> outcome = make();

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->valid_until, before + world.config.lifetimes.timestamp * 3 / 4);
}

TEST_F(BundleMakerTest, RefusesToMakeOneThatNoDeviceWouldTake) {
  for (const std::string& key : world.files(world.paths.keys()))
    ASSERT_TRUE(world.disk.remove(world.paths.keys() + "/" + key));
  world.clock.advance(world.config.lifetimes.timestamp);

  EXPECT_THAT(complaint({"", BundledPacks::full, "/stick/b"}), testing::HasSubstr("has expired"));
  EXPECT_FALSE(world.disk.get("/stick/b"));
}

TEST_F(BundleMakerTest, LeavesWhatWasThereWhenAPackIsDamaged) {
  world.disk.put("/stick/b", Bytes{1, 2, 3});
  for (const std::string& name : world.files(world.paths.published("packs"))) {
    const std::string path = world.paths.published("packs/" + name);
    world.disk.put(path, changed(*world.disk.get(path), 100));
  }

  EXPECT_THAT(complaint({"", BundledPacks::full, "/stick/b"}), testing::HasSubstr("is damaged"));
  EXPECT_EQ(bundle(), (Bytes{1, 2, 3}));
  EXPECT_EQ(world.disk.list("/stick").value(), std::vector<std::string>{"b"});
}

TEST_F(BundleMakerTest, LeavesNothingWhenItIsInterruptedOrTheStickIsFull) {
  world.cancel = true;
  EXPECT_EQ(make().error().kind, ErrorKind::cancelled);
  world.cancel = false;
  EXPECT_THAT(complaint({"3.0", BundledPacks::full, "/stick/b"}), testing::HasSubstr("no release 3.0"));

  EXPECT_TRUE(world.disk.list("/stick").value().empty());
}

}  // namespace
}  // namespace dunlin
