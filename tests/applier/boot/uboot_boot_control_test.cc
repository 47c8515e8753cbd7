#include <gtest/gtest.h>

#include "applier/boot/rauc_uboot_scheme.h"
#include "applier/boot/scheme_boot_control.h"
#include "applier/boot/uboot_store.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

constexpr std::uint32_t size = 256;

SchemeBootControl uboot(Disk& disk, const std::vector<UbootCopyPlace>& copies) {
  return {"uboot", std::make_unique<UbootStore>(disk, UbootSettings{copies, size}),
          std::make_unique<RaucUbootScheme>(upper_case_slots({"a", "b"}), 3)};
}

class UbootBootControlTest : public testing::Test {
 protected:
  void put(const std::string& path, std::uint8_t flags, const BootVariables& variables) {
    disk_.put(path, *serialise_uboot_copy({flags, variables}, size));
  }
  UbootCopy copy(const std::string& path) {
    Result<UbootCopy> parsed = parse_uboot_copy(*disk_.get(path));
    EXPECT_TRUE(parsed);
    return parsed ? *parsed : UbootCopy{};
  }

  FakeDisk disk_;
  SchemeBootControl control_ = uboot(disk_, {{"/one", 0}, {"/two", 0}});
};

}  // namespace

TEST_F(UbootBootControlTest, WritesEveryVariableOnceIntoTheOlderCopy) {
  put("/one", 7, {{"BOOT_ORDER", "A B"}, {"serial", "1"}});
  put("/two", 6, {{"BOOT_ORDER", "B A"}});
  const Bytes newer = *disk_.get("/one");
  const std::uint64_t before = disk_.written_bytes();

  ASSERT_TRUE(control_.mark_unbootable("b"));

  EXPECT_EQ(disk_.written_bytes() - before, size);
  EXPECT_EQ(disk_.get("/one"), newer);
  EXPECT_EQ(copy("/two").flags, 8);
  EXPECT_EQ(copy("/two").variables,
            (BootVariables{{"BOOT_ORDER", "A"}, {"BOOT_B_LEFT", "0"}, {"serial", "1"}}));
}

TEST_F(UbootBootControlTest, CountsFlagsThrough255) {
  put("/one", 255, {{"BOOT_ORDER", "A B"}});
  put("/two", 254, {{"BOOT_ORDER", "A B"}});

  ASSERT_TRUE(control_.arm("b", 2));

  EXPECT_EQ(copy("/two").flags, 0);
  EXPECT_EQ(control_.read()->next, "b");
  ASSERT_TRUE(control_.mark_unbootable("b"));
  EXPECT_EQ(copy("/one").flags, 1);
}

TEST_F(UbootBootControlTest, TakesDefaultsOfTheBootScriptForMissingVariables) {
  put("/one", 1, {{"serial", "1"}});
  put("/two", 0, {});

  Result<BootFlags> flags = control_.read();

  ASSERT_TRUE(flags);
  EXPECT_EQ(flags->next, "a");
  EXPECT_EQ(flags->of("b").tries_left, 3);
}

TEST_F(UbootBootControlTest, ReadsCountersAsHexadecimal) {
  put("/one", 1, {{"BOOT_A_LEFT", "a"}, {"BOOT_B_LEFT", "rubbish"}});
  put("/two", 0, {});

  EXPECT_EQ(control_.read()->of("a").tries_left, 10);
  EXPECT_EQ(control_.read()->of("b").tries_left, 0);
}

TEST_F(UbootBootControlTest, KeepsNamesInTheOrderThatAreNotOurs) {
  put("/one", 1, {{"BOOT_ORDER", "A R B"}});
  put("/two", 0, {});

  ASSERT_TRUE(control_.arm("b", 3));

  EXPECT_EQ(copy("/two").variables.at("BOOT_ORDER"), "B A R");
}

TEST_F(UbootBootControlTest, UsesTheGoodCopyAndMendsTheOtherWithTheNextChange) {
  put("/one", 5, {{"BOOT_ORDER", "A B"}, {"BOOT_A_LEFT", "3"}});
  disk_.put("/two", Bytes(size, 0xFF));

  ASSERT_TRUE(control_.read());
  ASSERT_TRUE(control_.refill("a"));

  EXPECT_EQ(copy("/two").flags, 6);
  EXPECT_EQ(copy("/two").variables, copy("/one").variables);
}

TEST_F(UbootBootControlTest, MakesALostFileAnewFromTheGoodOne) {
  put("/one", 5, {{"BOOT_ORDER", "A B"}});

  ASSERT_TRUE(control_.arm("b", 1));

  EXPECT_EQ(copy("/two").flags, 6);
}

TEST_F(UbootBootControlTest, RefusesEverythingWhenBothCopiesAreDamaged) {
  disk_.put("/one", Bytes(size, 0));
  disk_.put("/two", Bytes(10, 0));

  Result<BootFlags> flags = control_.read();

  ASSERT_FALSE(flags);
  EXPECT_EQ(flags.error().kind, ErrorKind::device);
  EXPECT_NE(flags.error().message.find("both copies"), std::string::npos);
  EXPECT_FALSE(control_.arm("b", 1));
  EXPECT_FALSE(control_.mark_unbootable("b"));
  EXPECT_FALSE(control_.refill("a"));
  EXPECT_EQ(disk_.written_bytes(), 0u);
}

TEST_F(UbootBootControlTest, WritesNothingWhenNothingChanges) {
  put("/one", 1, {{"BOOT_ORDER", "A"}, {"BOOT_A_LEFT", "3"}, {"BOOT_B_LEFT", "0"}});
  put("/two", 0, {});

  ASSERT_TRUE(control_.refill("a"));
  ASSERT_TRUE(control_.mark_unbootable("b"));

  EXPECT_EQ(disk_.written_bytes(), 0u);
}

TEST_F(UbootBootControlTest, RenamesANewFileOverASingleCopy) {
  disk_.put("/only",
            *serialise_uboot_copy({0, {{"BOOT_ORDER", "A B"}, {"serial", "1"}}}, size, UbootLayout::single));
  disk_.sync_all();
  SchemeBootControl control = uboot(disk_, {{"/only", 0}});
  disk_.cut_power_at(1);

  EXPECT_FALSE(control.arm("b", 1));
  disk_.restart(Unsynced::torn);
  EXPECT_EQ(control.read()->next, "a");
  ASSERT_TRUE(control.arm("b", 1));

  Result<UbootCopy> after = parse_uboot_copy(*disk_.get("/only"), UbootLayout::single);
  EXPECT_EQ(after->variables.at("BOOT_ORDER"), "B A");
  EXPECT_EQ(after->variables.at("serial"), "1");
}

TEST_F(UbootBootControlTest, RefusesADamagedSingleCopyAndSaysHowToMakeOne) {
  disk_.put("/only", Bytes(size, 0));

  Result<BootFlags> flags = uboot(disk_, {{"/only", 0}}).read();

  ASSERT_FALSE(flags);
  EXPECT_NE(flags.error().message.find("mkenvimage"), std::string::npos);
}

TEST_F(UbootBootControlTest, OverwritesASingleCopyOnADeviceInPlace) {
  disk_.add_block_device("/dev/mmc", 4096);
  {
    auto file = disk_.open("/dev/mmc", OpenMode::read_write);
    ASSERT_TRUE((*file)->write_at(
        1024, *serialise_uboot_copy({0, {{"BOOT_ORDER", "A B"}}}, size, UbootLayout::single)));
  }
  SchemeBootControl control = uboot(disk_, {{"/dev/mmc", 1024}});

  ASSERT_TRUE(control.arm("b", 2));

  EXPECT_EQ(control.read()->of("b").tries_left, 2);
}

TEST_F(UbootBootControlTest, SaysSoWhenTheMediumDoesNotTakeTheWrite) {
  put("/one", 1, {{"BOOT_ORDER", "A B"}});
  put("/two", 0, {{"BOOT_ORDER", "A B"}});
  disk_.fail_sync(1);

  EXPECT_FALSE(control_.arm("b", 1));
}

TEST_F(UbootBootControlTest, FindsCopiesAtTheirOffsetsInOneDevice) {
  disk_.add_block_device("/dev/mmc", 4096);
  {
    auto file = disk_.open("/dev/mmc", OpenMode::read_write);
    ASSERT_TRUE((*file)->write_at(1024, *serialise_uboot_copy({1, {{"BOOT_ORDER", "A B"}}}, size)));
    ASSERT_TRUE((*file)->write_at(2048, *serialise_uboot_copy({0, {{"BOOT_ORDER", "B A"}}}, size)));
    ASSERT_TRUE((*file)->sync());
  }
  SchemeBootControl control = uboot(disk_, {{"/dev/mmc", 1024}, {"/dev/mmc", 2048}});

  EXPECT_EQ(control.read()->next, "a");
  ASSERT_TRUE(control.arm("b", 1));
  EXPECT_EQ(control.read()->next, "b");
}

}  // namespace dunlin
