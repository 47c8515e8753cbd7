#include "applier/written_slot.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

class WrittenSlotTest : public testing::Test {
 protected:
  std::unique_ptr<File> open_slot() {
    disk_.put("/slot", Bytes(100, '.'));
    return std::move(*disk_.open("/slot", OpenMode::read_write));
  }

  FakeDisk disk_;
  WrittenSlot slot_{open_slot(), 10};
};

}  // namespace

TEST_F(WrittenSlotTest, TakesBytesUpToTheEndOfTheImage) {
  ASSERT_TRUE(slot_.write({7, as_bytes("end")}));

  EXPECT_EQ(as_text(*disk_.get("/slot")).substr(0, 12), ".......end..");
}

TEST_F(WrittenSlotTest, RefusesWhatGoesBeyondTheImageAndWritesNoneOfIt) {
  for (const std::uint64_t offset :
       {std::uint64_t{8}, std::uint64_t{10}, std::uint64_t{11}, ~std::uint64_t{0}}) {
    Result<void> written = slot_.write({offset, as_bytes("end")});

    ASSERT_FALSE(written) << offset;
    EXPECT_EQ(written.error().kind, ErrorKind::usage);
  }
  EXPECT_EQ(disk_.get("/slot"), Bytes(100, '.'));
}

}  // namespace dunlin
