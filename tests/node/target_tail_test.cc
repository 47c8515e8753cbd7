// The bytes on their way into a slot, on a simulated disk (written by the caller) and in a real file (written
// by a thread of its own).
#include "node/target_tail.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/temporary_folder.h"

namespace dunlin {
namespace {

constexpr std::size_t segment = 300'000;

class TargetTailTest : public testing::TestWithParam<bool> {
 protected:
  TargetTailTest() {
    Disk& disk = GetParam() ? static_cast<Disk&>(real_) : fake_;
    const std::string path = GetParam() ? folder_.path() + "/slot" : "/slot";
    slot_ = std::move(*disk.open(path, OpenMode::replace));
    EXPECT_TRUE(slot_->write_at(0, Bytes(image_.size(), 0x5A)));
    tail_.emplace(*slot_, image_.size());
  }
  // Puts [0, end) of the image, a segment at a time.
  void put_until(std::size_t end) {
    for (std::size_t at = 0; at < end; at += segment)
      ASSERT_TRUE(tail_->put(at, ByteView(image_).subspan(at, std::min(segment, end - at))));
  }
  Bytes read(std::uint64_t offset, std::size_t size) {
    Bytes bytes(size);
    EXPECT_TRUE(tail_->read(offset, bytes));
    return bytes;
  }
  Bytes in_slot() {
    Bytes bytes(image_.size());
    EXPECT_TRUE(read_exactly(*slot_, 0, bytes));
    return bytes;
  }

  TemporaryFolder folder_;
  PosixDisk real_;
  FakeDisk fake_;
  Bytes image_ = random_bytes(5'000'001, 7);
  std::unique_ptr<File> slot_;
  std::optional<TargetTail> tail_;
};

TEST_P(TargetTailTest, PutsEverythingIntoTheSlot) {
  put_until(image_.size());
  ASSERT_TRUE(tail_->sync());

  EXPECT_EQ(in_slot(), image_);
  EXPECT_EQ(tail_->compared_bytes(), image_.size());
}

TEST_P(TargetTailTest, ReadsWhatWasPutWhereverItIsByThen) {
  for (std::size_t end = segment; end <= image_.size(); end += segment) {
    ASSERT_TRUE(tail_->put(end - segment, ByteView(image_).subspan(end - segment, segment)));
    for (const std::size_t size : {std::size_t{1}, segment, std::size_t{1} << 20, end}) {
      const std::size_t begin = end - std::min(size, end);
      ASSERT_EQ(read(begin, end - begin), Bytes(image_.begin() + static_cast<std::ptrdiff_t>(begin),
                                                image_.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  }
}

TEST_P(TargetTailTest, ReadsWhatWasThereBeforeFromTheSlot) {
  put_until(2 * segment);

  EXPECT_EQ(read(4 * segment, 100), Bytes(100, 0x5A));
}

TEST_P(TargetTailTest, WritesNothingWhenTheSlotHoldsTheImageAlready) {
  put_until(image_.size());
  ASSERT_TRUE(tail_->sync());
  tail_.emplace(*slot_, image_.size());

  put_until(image_.size());
  ASSERT_TRUE(tail_->sync());

  EXPECT_EQ(tail_->written_bytes(), 0u);
}

TEST_P(TargetTailTest, BeginsInTheMiddleOfTheImage) {
  ASSERT_TRUE(tail_->put(3 * segment, ByteView(image_).subspan(3 * segment, segment)));
  ASSERT_TRUE(tail_->drain());

  EXPECT_EQ(read(3 * segment, segment), Bytes(image_.begin() + 3 * segment, image_.begin() + 4 * segment));
  EXPECT_EQ(in_slot()[3 * segment - 1], 0x5A);
}

INSTANTIATE_TEST_SUITE_P(Disks, TargetTailTest, testing::Bool(),
                         [](const auto& each) { return each.param ? "RealFile" : "SimulatedDisk"; });

TEST(TargetTail, TellsOfAFailedWriteAndTakesNothingMore) {
  FakeDisk disk;
  const std::unique_ptr<File> slot = std::move(*disk.open("/slot", OpenMode::replace));
  TargetTail tail(*slot, 4 << 20);
  ASSERT_TRUE(tail.put(0, Bytes(1000, 1)));
  disk.fail_write(1, ENOSPC);

  const Result<void> drained = tail.drain();

  ASSERT_FALSE(drained);
  EXPECT_EQ(drained.error().cause.value(), ENOSPC);
  EXPECT_FALSE(tail.put(1000, Bytes(2 << 20, 1)));
  EXPECT_FALSE(tail.sync());
}

}  // namespace
}  // namespace dunlin
