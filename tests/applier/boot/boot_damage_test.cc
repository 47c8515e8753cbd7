// Damaged flags: what has a good second copy is mended by the next change; without one every call is refused
// and nothing is written.
#include <map>

#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"
#include "tests/firmware/firmware_model.h"

namespace dunlin {

namespace {

const BootWorld& world_called(const std::string& name) {
  for (const BootWorld& world : boot_worlds())
    if (world.name == name) return world;
  ADD_FAILURE() << name;
  return boot_worlds().front();
}

class BootDamageTest : public testing::Test {
 protected:
  std::unique_ptr<BootControl> flashed(const std::string& name) {
    const BootWorld& world = world_called(name);
    world.flash(disk_);
    disk_.sync_all();
    firmware_ = world.firmware();
    return world.control(disk_);
  }
  void expect_refusals(BootControl& control) {
    const std::uint64_t before = disk_.written_bytes();
    Result<BootFlags> flags = control.read();
    ASSERT_FALSE(flags);
    EXPECT_EQ(flags.error().kind, ErrorKind::device);
    EXPECT_FALSE(control.mark_unbootable("b"));
    EXPECT_FALSE(control.arm("b", 1));
    EXPECT_FALSE(control.confirm("b"));
    EXPECT_FALSE(control.refill("a"));
    EXPECT_EQ(disk_.written_bytes(), before);
  }

  FakeDisk disk_;
  std::unique_ptr<FirmwareModel> firmware_;
};

}  // namespace

TEST_F(BootDamageTest, MendsEitherOfMendersGrubBlocksFromTheOther) {
  for (const char* copy : {"1", "2"}) {
    const std::unique_ptr<BootControl> control = flashed("grub-mender");
    const std::string folder = std::string("/boot/mender_grubenv") + copy;
    disk_.put(folder + "/env", "");
    disk_.put(folder + "/lock", "");

    ASSERT_TRUE(control->arm("b", 1));

    EXPECT_EQ(disk_.get("/boot/mender_grubenv1/env"), disk_.get("/boot/mender_grubenv2/env"));
    EXPECT_EQ(disk_.get("/boot/mender_grubenv1/lock"), disk_.get("/boot/mender_grubenv2/lock"));
    EXPECT_EQ(firmware_->boot(disk_), "b");
  }
}

TEST_F(BootDamageTest, NamesTheCopyThatIsDamagedUntilAChangeMendsIt) {
  const std::map<std::string, std::string> first_copies{{"uboot-rauc", "/boot/one"},
                                                        {"grub-mender", "/boot/mender_grubenv1/env"}};
  for (const auto& [world, copy] : first_copies) {
    SCOPED_TRACE(world);
    const std::unique_ptr<BootControl> control = flashed(world);
    EXPECT_EQ(control->read()->damage, "");

    disk_.put(copy, "");

    Result<BootFlags> flags = control->read();
    ASSERT_TRUE(flags);
    EXPECT_EQ(flags->next, "a");
    EXPECT_NE(flags->damage.find(copy), std::string::npos) << flags->damage;
    ASSERT_TRUE(control->arm("b", 1));
    EXPECT_EQ(control->read()->damage, "");
  }
}

TEST_F(BootDamageTest, NamesThePartitionTableThatIsDamagedUntilAChangeMendsIt) {
  const std::unique_ptr<BootControl> control = flashed("gpt");
  EXPECT_EQ(control->read()->damage, "");

  disk_.damage_medium("/dev/disk", 512 + 30);

  Result<BootFlags> flags = control->read();
  ASSERT_TRUE(flags);
  EXPECT_NE(flags->damage.find("first table"), std::string::npos) << flags->damage;
  ASSERT_TRUE(control->arm("b", 1));
  EXPECT_EQ(control->read()->damage, "");
}

TEST_F(BootDamageTest, RefusesMendersGrubBlocksWhenBothAreDamaged) {
  const std::unique_ptr<BootControl> control = flashed("grub-mender");
  for (const char* copy : {"1", "2"}) disk_.put(std::string("/boot/mender_grubenv") + copy + "/lock", "");

  expect_refusals(*control);
}

TEST_F(BootDamageTest, RefusesAnAndroidBlockWithoutAFittingChecksum) {
  const std::unique_ptr<BootControl> control = flashed("android");
  disk_.damage_medium("/dev/misc", 2048 + 12);

  expect_refusals(*control);
}

TEST_F(BootDamageTest, RefusesVariablesThatNameNoSlot) {
  const std::unique_ptr<BootControl> control = flashed("uboot-balena");
  disk_.put("/boot/resinOS_uEnv.txt", "resin_root_part=7\nupgrade_available=0\n");
  expect_refusals(*control);
  disk_.put("/boot/resinOS_uEnv.txt", "");

  expect_refusals(*control);
}

TEST_F(BootDamageTest, RefusesBootEntriesWhoseOrderNobodyCanTell) {
  const std::unique_ptr<BootControl> control = flashed("systemd-boot");
  disk_.put("/boot/loader/entries/dunlin-b.conf", "linux /b\nsort-key dunlin\n");
  expect_refusals(*control);
  ASSERT_TRUE(disk_.remove("/boot/loader/entries/dunlin-b.conf"));

  expect_refusals(*control);
}

TEST_F(BootDamageTest, SurvivesNewNamesOfEntriesThatPowerCutsLeaveEmptyOnFat) {
  for (int k = 1; k < 100; ++k) {
    FakeDisk disk;
    const BootWorld& world = world_called("systemd-boot");
    world.flash(disk);
    disk.sync_all();
    disk.make_fat("/boot/loader/entries");
    ASSERT_TRUE(world.control(disk)->mark_unbootable("b"));
    disk.cut_power_at(k);
    const bool armed = world.control(disk)->arm("b", 2).has_value();
    if (!disk.is_off()) {
      EXPECT_TRUE(armed);
      EXPECT_GT(k, 5);
      return;
    }
    disk.restart(Unsynced::torn, static_cast<std::uint64_t>(k));

    const std::string next = world.control(disk)->read()->next;
    EXPECT_EQ(world.firmware()->boot(disk), next) << k;
    ASSERT_TRUE(world.control(disk)->arm("b", 1)) << k;
    EXPECT_EQ(world.firmware()->boot(disk), "b") << k;
  }
}

TEST_F(BootDamageTest, RefusesAutobootWithoutTryboot) {
  const std::unique_ptr<BootControl> control = flashed("tryboot");
  disk_.put("/boot/autoboot.txt", "[all]\nboot_partition=2\n");

  expect_refusals(*control);
}

TEST_F(BootDamageTest, RefusesEfiVariablesOfOddLengthAndSlotsWithoutAnEntry) {
  const std::unique_ptr<BootControl> control = flashed("efi");
  disk_.put("/nvram/BootOrder", Bytes{1, 0, 2});
  expect_refusals(*control);
  disk_.put("/nvram/BootOrder", Bytes{1, 0, 2, 0});
  ASSERT_TRUE(disk_.remove("/nvram/Boot0002"));

  expect_refusals(*control);
}

TEST_F(BootDamageTest, MendsADamagedCopyOfThePartitionTableBeforeItBecomesTheOnlyOne) {
  for (const std::uint64_t sector : {1u, 2u, 127u, 95u}) {
    const std::unique_ptr<BootControl> control = flashed("gpt");
    disk_.damage_medium("/dev/disk", sector * 512 + 20);

    ASSERT_TRUE(control->arm("b", 2));

    EXPECT_EQ(firmware_->boot(disk_), "b") << sector;
    disk_.damage_medium("/dev/disk", sector == 1 ? 127 * 512 + 20 : 512 + 20);
    EXPECT_EQ(control->read()->next, "b") << sector;
  }
}

}  // namespace dunlin
