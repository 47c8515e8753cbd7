#include <gtest/gtest.h>

#include "applier/boot/boot_settings.h"
#include "applier/boot/grub_environment.h"
#include "core/base/process.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

class GrubBootControlTest : public testing::Test {
 protected:
  void put(const BootVariables& variables) {
    GrubBlock block;
    for (const auto& [name, value] : variables) block.set(name, value);
    disk_.put("/grubenv", *serialise_grub_block(block, {}));
  }
  GrubBlock block() { return *parse_grub_block(*disk_.get("/grubenv")); }

  FakeDisk disk_;
  PosixProcessRunner runner_;
  std::unique_ptr<BootControl> made_ = make_boot_control(
      disk_, runner_,
      {BootBackend::grub, BootSchemeName::rauc, upper_case_slots({"a", "b"}), {}, "/grubenv"});
  BootControl& control_ = *made_;
};

}  // namespace

TEST_F(GrubBootControlTest, WritesTheBlockInPlaceInOneWrite) {
  put({{"A_OK", "1"}, {"B_OK", "1"}, {"ORDER", "A B"}, {"saved_entry", "keep"}});
  const int before = disk_.changes();

  ASSERT_TRUE(control_.arm("b", 1));

  EXPECT_EQ(disk_.changes() - before, 2);  // one write, one sync
  EXPECT_EQ(disk_.written_bytes(), grub_environment_size);
  EXPECT_EQ(*block().find("ORDER"), "B A");
  EXPECT_EQ(*block().find("B_OK"), "1");
  EXPECT_EQ(*block().find("B_TRY"), "0");
  EXPECT_EQ(*block().find("saved_entry"), "keep");
}

TEST_F(GrubBootControlTest, KeepsOurVariablesInTheFirstSector) {
  put({{"AAA", std::string(450, 'x')}, {"A_OK", "1"}, {"B_OK", "1"}, {"ORDER", "A B"}});

  ASSERT_TRUE(control_.mark_unbootable("b"));

  const std::string text = *disk_.get_text("/grubenv");
  for (const char* name : {"ORDER=", "A_OK=", "A_TRY=", "B_OK=", "B_TRY="})
    EXPECT_LT(text.find(name), std::size_t{500});
}

TEST_F(GrubBootControlTest, EnablesTheBootedSlotOfAFactoryFreshBlock) {
  put({});

  EXPECT_FALSE(control_.read()->of("a").enabled);
  ASSERT_TRUE(control_.refill("a"));

  EXPECT_EQ(control_.read()->next, "a");
  EXPECT_FALSE(control_.read()->of("b").enabled);
}

TEST_F(GrubBootControlTest, WritesNothingWhenNothingChanges) {
  put({{"A_OK", "1"}, {"B_OK", "1"}, {"ORDER", "A B"}});
  ASSERT_TRUE(control_.refill("a"));
  const std::uint64_t before = disk_.written_bytes();

  ASSERT_TRUE(control_.refill("a"));

  EXPECT_EQ(disk_.written_bytes(), before);
}

TEST_F(GrubBootControlTest, RefusesADamagedBlockAndSaysHowToMakeOne) {
  disk_.put("/grubenv", "");

  Result<BootFlags> flags = control_.read();

  ASSERT_FALSE(flags);
  EXPECT_NE(flags.error().message.find("grub-editenv"), std::string::npos);
  EXPECT_FALSE(control_.arm("b", 1));
  EXPECT_EQ(disk_.get_text("/grubenv"), "");
}

TEST_F(GrubBootControlTest, RefusesAMissingBlock) {
  EXPECT_FALSE(control_.read());
  EXPECT_FALSE(control_.refill("a"));
}

}  // namespace dunlin
