#include "applier/client/slot_writer.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  Bytes bytes(size);
  SeededRandom(seed).fill(bytes);
  return bytes;
}

class SlotWriterTest : public testing::Test {
 protected:
  void make_slot(const Bytes& content) {
    disk_.put("/slot", content);
    slot_ = std::move(*disk_.open("/slot", OpenMode::read_write));
    writes_before_ = disk_.changes();
  }
  int writes() const { return disk_.changes() - writes_before_; }

  FakeDisk disk_;
  std::unique_ptr<File> slot_;
  int writes_before_ = 0;
};

}  // namespace

TEST_F(SlotWriterTest, LeavesEqualBytesUnwritten) {
  const Bytes content = random_bytes(100'001, 1);
  make_slot(content);
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(0, content));

  EXPECT_EQ(writes(), 0);
  EXPECT_EQ(writer.written_bytes(), 0u);
  EXPECT_EQ(writer.compared_bytes(), 100'001u);
}

TEST_F(SlotWriterTest, WritesOnlyTheBlockThatDiffers) {
  Bytes content = random_bytes(64 * 1024, 1);
  make_slot(content);
  content[10'000] ^= 1;
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(0, content));

  EXPECT_EQ(writer.written_bytes(), 4096u);
  EXPECT_EQ(disk_.get("/slot"), content);
}

TEST_F(SlotWriterTest, JoinsAdjacentBlocksIntoOneWrite) {
  Bytes content(64 * 1024, 7);
  make_slot(content);
  for (std::size_t i = 8192; i < 20'000; ++i) content[i] = 9;
  for (std::size_t i = 40'960; i < 40'970; ++i) content[i] = 9;
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(0, content));

  EXPECT_EQ(writes(), 2);
  EXPECT_EQ(writer.written_bytes(), 3u * 4096 + 4096);
  EXPECT_EQ(disk_.get("/slot"), content);
}

TEST_F(SlotWriterTest, WorksAtOffsetsInsideABlock) {
  const Bytes old_content = random_bytes(20'000, 1);
  make_slot(old_content);
  const Bytes part = random_bytes(9'000, 2);
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(4'000, part));

  Bytes expected = old_content;
  std::copy(part.begin(), part.end(), expected.begin() + 4'000);
  EXPECT_EQ(disk_.get("/slot"), expected);
  EXPECT_EQ(writer.written_bytes(), 9'000u);
}

TEST_F(SlotWriterTest, WritesTheOddEndOfAnImageIntoALargerSlot) {
  const Bytes junk(100'000, 0xA5);
  make_slot(junk);
  const Bytes image = random_bytes(50'001, 3);
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(0, image));

  const Bytes after = *disk_.get("/slot");
  EXPECT_EQ(Bytes(after.begin(), after.begin() + 50'001), image);
  EXPECT_EQ(Bytes(after.begin() + 50'001, after.end()), Bytes(49'999, 0xA5));
}

TEST_F(SlotWriterTest, WritesBytesBeyondTheEndOfAShortFile) {
  make_slot(Bytes(5'000, 0));
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(0, Bytes(9'000, 0)));

  EXPECT_EQ(disk_.get("/slot"), Bytes(9'000, 0));
}

TEST_F(SlotWriterTest, WritesSegmentsLargerThanItsWindow) {
  make_slot(Bytes(5 << 20, 1));
  const Bytes segment = random_bytes((4 << 20) - 5, 4);
  SlotWriter writer(*slot_);

  ASSERT_TRUE(writer.write(3, segment));

  const Bytes after = *disk_.get("/slot");
  EXPECT_TRUE(std::equal(segment.begin(), segment.end(), after.begin() + 3));
  EXPECT_EQ(after[2], 1);
}

TEST_F(SlotWriterTest, PassesOnReadAndWriteFailures) {
  make_slot(Bytes(5'000, 0));
  SlotWriter writer(*slot_);
  disk_.fail_read(1);
  EXPECT_FALSE(writer.write(0, Bytes(10, 1)));
  disk_.fail_write(1, ENOSPC);

  Result<void> written = writer.write(0, Bytes(10, 1));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().cause.value(), ENOSPC);
  EXPECT_EQ(writer.written_bytes(), 0u);
}

TEST_F(SlotWriterTest, PutsBytesBeyondFourGigabytes) {
  disk_.add_block_device("/dev/big", std::uint64_t{6} << 30);
  auto slot = disk_.open("/dev/big", OpenMode::read_write);
  ASSERT_TRUE(slot);
  SlotWriter writer(**slot);
  const std::uint64_t offset = (std::uint64_t{5} << 30) + 123;

  ASSERT_TRUE(writer.write(offset, as_bytes("far")));

  Bytes back(3);
  ASSERT_TRUE(read_exactly(**slot, offset, back));
  EXPECT_EQ(as_text(back), "far");
}

}  // namespace dunlin
