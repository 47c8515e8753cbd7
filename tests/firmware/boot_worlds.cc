#include <algorithm>

#include "tests/firmware/android_misc.h"
#include "tests/firmware/efi_boot_manager.h"
#include "tests/firmware/gpt_priority.h"
#include "tests/firmware/grub_balena.h"
#include "tests/firmware/grub_dunlin.h"
#include "tests/firmware/grub_mender.h"
#include "tests/firmware/grub_rauc.h"
#include "tests/firmware/grub_snapd.h"
#include "tests/firmware/raspberry_tryboot.h"
#include "tests/firmware/script_program.h"
#include "tests/firmware/systemd_boot.h"
#include "tests/firmware/uboot_balena.h"
#include "tests/firmware/uboot_dunlin.h"
#include "tests/firmware/uboot_mender.h"
#include "tests/firmware/uboot_rauc.h"
#include "tests/firmware/uboot_snapd.h"

namespace dunlin {

const std::vector<BootWorld>& boot_worlds() {
  static const std::vector<BootWorld> worlds{
      uboot_rauc_world(),   uboot_mender_world(),      uboot_balena_world(),     uboot_dunlin_world(),
      uboot_snapd_world(),  grub_rauc_world(),         grub_mender_world(),      grub_balena_world(),
      grub_dunlin_world(),  grub_snapd_world(),        gpt_priority_world(),     android_misc_world(),
      systemd_boot_world(), raspberry_tryboot_world(), efi_boot_manager_world(), script_program_world()};
  return worlds;
}

std::string test_name(const BootWorld& world) {
  std::string name = world.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace dunlin
