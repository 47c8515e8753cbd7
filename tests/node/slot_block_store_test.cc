#include "node/slot_block_store.h"

#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

struct SlotBlockStoreTest : testing::Test {
  SlotBlockStoreTest() {
    disk.put("/slot", slot);
    store.emplace(disk.open("/slot", OpenMode::read_write).value(), 200'000);
  }

  const Bytes slot = random_bytes(300'000, 1);
  FakeDisk disk;
  std::optional<SlotBlockStore> store;
};

TEST_F(SlotBlockStoreTest, LeavesEqualBlocksUnwritten) {
  Bytes image = slice(slot, 0, 200'000);
  image[100'000] ^= 1;

  ASSERT_TRUE(store->write(0, image));

  EXPECT_EQ(store->compared_bytes(), image.size());
  EXPECT_EQ(store->written_bytes(), 4'096u);
  EXPECT_EQ(slice(disk.get("/slot").value(), 0, 200'000), image);
  EXPECT_EQ(slice(disk.get("/slot").value(), 200'000, 300'000), slice(slot, 200'000, 300'000));
}

TEST_F(SlotBlockStoreTest, ReadsZerosPastTheEndOfAFileThatIsShorterThanTheImage) {
  disk.put("/short", slice(slot, 0, 10));
  SlotBlockStore shorter(disk.open("/short", OpenMode::read_write).value(), 200'000);
  Bytes out(20, 7);

  ASSERT_TRUE(shorter.read(0, out));

  EXPECT_EQ(out, joined({slice(slot, 0, 10), Bytes(10)}));
}

TEST_F(SlotBlockStoreTest, WhatItSyncedSurvivesAPowerCut) {
  const Bytes other = random_bytes(50'000, 2);
  disk.sync_all();
  ASSERT_TRUE(store->write(0, other));
  ASSERT_TRUE(store->sync());

  disk.cut_power();
  disk.restart();

  EXPECT_EQ(slice(disk.get("/slot").value(), 0, other.size()), other);
}

}  // namespace
}  // namespace dunlin
