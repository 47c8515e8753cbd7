// Runs the boot control contract against both backends and the fake.
#include "applier/grub_boot_control.h"
#include "applier/uboot_boot_control.h"
#include "tests/applier/firmware_model.h"
#include "tests/contract/boot_control_contract.h"
#include "tests/fakes/fake_boot_control.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

const std::vector<std::string> slots{"a", "b"};

BootControlUnderTest make_uboot() {
  auto disk = std::make_shared<FakeDisk>();
  const BootVariables factory{
      {"BOOT_ORDER", "A B"}, {"BOOT_A_LEFT", "3"}, {"BOOT_B_LEFT", "3"}, {"serial", "7"}};
  disk->put("/boot/one", *serialise_uboot_copy({1, factory}, 512));
  disk->put("/boot/two", *serialise_uboot_copy({0, factory}, 512));
  const UbootSettings settings{{UbootCopyPlace{"/boot/one", 0}, UbootCopyPlace{"/boot/two", 0}}, 512, 3};
  return {std::make_unique<UbootBootControl>(*disk, settings, slots),
          [disk] { return play_uboot(*disk, "/boot/one", "/boot/two", 512); }, disk};
}

BootControlUnderTest make_grub() {
  auto disk = std::make_shared<FakeDisk>();
  GrubBlock block;
  for (const auto& [name, value] : BootVariables{{"A_OK", "1"},
                                                 {"A_TRY", "0"},
                                                 {"B_OK", "1"},
                                                 {"B_TRY", "0"},
                                                 {"ORDER", "A B"},
                                                 {"saved_entry", "x"}})
    block.set(name, value);
  disk->put("/boot/grubenv", *serialise_grub_block(block, {}));
  return {std::make_unique<GrubBootControl>(*disk, "/boot/grubenv", slots),
          [disk] { return play_grub(*disk, "/boot/grubenv"); }, disk};
}

BootControlUnderTest make_fake() {
  auto fake = std::make_unique<FakeBootControl>(slots);
  FakeBootControl* firmware = fake.get();
  return {std::move(fake), [firmware] { return firmware->boot(); }, nullptr};
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Uboot, BootControlContract, testing::Values(make_uboot));
INSTANTIATE_TEST_SUITE_P(Grub, BootControlContract, testing::Values(make_grub));
INSTANTIATE_TEST_SUITE_P(Fake, BootControlContract, testing::Values(make_fake));

}  // namespace dunlin
