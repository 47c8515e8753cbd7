#include "seeder/image_restore.h"

#include "tests/fakes/fake_clock.h"
#include "tests/seeder/packed_images.h"

namespace dunlin {
namespace {

class Restoring : public testing::Test {
 protected:
  Result<RestoreSummary> restore(const std::string& path, int segments_until_interrupted = 1'000'000) {
    Result<PackFile> pack = PackFile::open(images.disk, "/pack");
    if (!pack) return fail(std::move(pack.error()));
    Result<ImageFile> base = ImageFile::open(images.disk, "/base");
    if (!base) return fail(std::move(base.error()));
    Result<ImageOutput> output = ImageOutput::open(images.disk, path, pack->table.target_size);
    if (!output) return fail(std::move(output.error()));
    std::atomic<bool> cancel = false;
    const auto count = [&](std::uint64_t, std::uint64_t) { cancel = --segments_until_interrupted == 0; };
    const RestoreSource source{pack->table, *pack->file.bytes, base->bytes.get()};
    return ImageRestore(source, *output, clock).run(count, cancel);
  }

  FakeClock clock;
  PackedImages images;
};

TEST_F(Restoring, WritesTheImageUnderItsOwnNameWhenItIsComplete) {
  const Result<RestoreSummary> summary = restore("/out/image");

  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->decoded_bytes, images.target.size());
  EXPECT_EQ(images.disk.get("/out/image"), images.target);
  EXPECT_EQ(images.disk.list("/out").value(), std::vector<std::string>{"image"});
}

TEST_F(Restoring, MakesHolesOfZeros) {
  const std::uint64_t before = images.disk.written_bytes();

  ASSERT_TRUE(restore("/out/image"));

  EXPECT_LT(images.disk.written_bytes() - before, images.target.size() - 300'000);
}

TEST_F(Restoring, GoesOnBehindTheLastSegmentOfAnInterruptedRun) {
  for (const int segments : {1, 2, 3}) {
    const std::string path = "/out/image-" + std::to_string(segments);

    const Result<RestoreSummary> first = restore(path, segments);
    const Result<RestoreSummary> second = restore(path);

    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, ErrorKind::cancelled);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_GT(second->resumed_bytes, 0u);
    EXPECT_EQ(second->resumed_bytes + second->decoded_bytes, images.target.size());
    EXPECT_EQ(images.disk.get(path), images.target);
  }
}

TEST_F(Restoring, AfterAPowerCutTheNameIsFreeOrHoldsTheWholeImage) {
  const int before = images.disk.changes();
  ASSERT_TRUE(restore("/out/counted"));
  const int changes = images.disk.changes() - before;

  for (int k = 1; k <= changes; ++k) {
    const std::string path = "/out/image-" + std::to_string(k);
    images.disk.cut_power_at(k);
    EXPECT_FALSE(restore(path));
    images.disk.restart(Unsynced::torn, static_cast<std::uint64_t>(k));

    const std::optional<Bytes> found = images.disk.get(path);
    EXPECT_TRUE(!found || *found == images.target) << "at change " << k;
    if (!found) {
      EXPECT_TRUE(restore(path)) << "at change " << k;
    }
    EXPECT_EQ(images.disk.get(path), images.target) << "at change " << k;
  }
}

TEST_F(Restoring, WritesABlockDeviceWhateverItHeldBefore) {
  images.disk.add_block_device("/device", images.target.size() + 4'096);
  ASSERT_TRUE(images.disk.open("/device", OpenMode::read_write).value()->write_at(0, images.base));

  const Result<RestoreSummary> first = restore("/device", 2);
  const Result<RestoreSummary> second = restore("/device");

  EXPECT_FALSE(first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_GT(second->resumed_bytes, 0u);
  EXPECT_EQ(slice(*images.disk.get("/device"), 0, images.target.size()), images.target);
}

TEST_F(Restoring, RefusesADeviceThatIsTooSmallAndAFileThatExists) {
  images.disk.add_block_device("/device", images.target.size() - 1);
  images.disk.put("/out/precious", "x");

  const Result<RestoreSummary> small = restore("/device");
  const Result<RestoreSummary> taken = restore("/out/precious");

  ASSERT_FALSE(small || taken);
  EXPECT_NE(small.error().message.find("larger device"), std::string::npos) << small.error().message;
  EXPECT_NE(taken.error().message.find("exists already"), std::string::npos) << taken.error().message;
  EXPECT_EQ(images.disk.get_text("/out/precious"), "x");
}

TEST_F(Restoring, OverwritesWhatAnotherPackLeftHalfDone) {
  images.disk.put("/out/image.part", random_bytes(2'000'000, 9));

  ASSERT_TRUE(restore("/out/image"));

  EXPECT_EQ(images.disk.get("/out/image"), images.target);
}

TEST_F(Restoring, LeavesTheNameFreeWhenTheBaseIsAnotherImage) {
  images.disk.put("/base", random_bytes(images.base.size(), 8));

  const Result<RestoreSummary> summary = restore("/out/image");

  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().kind, ErrorKind::bad_image);
  EXPECT_FALSE(images.disk.get("/out/image"));
}

TEST_F(Restoring, RefusesAPackThatIsCutShortOrFollowedBySomething) {
  const Bytes pack = *images.disk.get("/pack");

  for (const std::size_t length : {std::size_t{0}, std::size_t{100}, std::size_t{170}, pack.size() - 1}) {
    images.disk.put("/pack", slice(pack, 0, length));
    EXPECT_FALSE(restore("/out/image")) << length;
  }
  images.disk.put("/pack", joined({pack, Bytes{0}}));
  const Result<RestoreSummary> longer = restore("/out/image");

  ASSERT_FALSE(longer);
  EXPECT_NE(longer.error().message.find("more than a pack"), std::string::npos) << longer.error().message;
  EXPECT_FALSE(images.disk.get("/out/image"));
}

// Its segments refer to what was written before them, holes and all.
class RestoringAFullPack : public testing::Test {
 protected:
  RestoringAFullPack() {
    EncodeOptions options;
    options.level = 1;
    EXPECT_TRUE(disk.create_directories("/out"));
    const std::unique_ptr<File> file = disk.open("/pack", OpenMode::replace).value();
    EXPECT_TRUE(encode_full_pack(MemorySource(image), *file, options));
    disk.sync_all();
  }
  Result<RestoreSummary> restore(const std::string& path, int segments_until_interrupted = 1'000'000) {
    const PackFile pack = PackFile::open(disk, "/pack").value();
    ImageOutput output = ImageOutput::open(disk, path, pack.table.target_size).value();
    std::atomic<bool> cancel = false;
    const auto count = [&](std::uint64_t, std::uint64_t) { cancel = --segments_until_interrupted == 0; };
    const RestoreSource source{pack.table, *pack.file.bytes, nullptr};
    return ImageRestore(source, output, clock).run(count, cancel);
  }

  FakeClock clock;
  FakeDisk disk;
  Bytes image = joined({wordy_bytes(300'000, 1), Bytes(900'000), wordy_bytes(300'000, 1), Bytes(300'000)});
};

TEST_F(RestoringAFullPack, EndsWithTheImageWhereverItWasInterrupted) {
  const std::size_t segments = PackFile::open(disk, "/pack")->table.segments.size();
  ASSERT_GT(segments, 8u);
  for (std::size_t i = 1; i < segments; ++i) {
    const std::string path = "/out/image-" + std::to_string(i);
    ASSERT_FALSE(restore(path, static_cast<int>(i)));

    const Result<RestoreSummary> summary = restore(path);

    ASSERT_TRUE(summary) << i << ": " << summary.error().message;
    EXPECT_GT(summary->resumed_bytes, 0u);
    EXPECT_EQ(disk.get(path), image) << i;
  }
}

}  // namespace
}  // namespace dunlin
