#include <algorithm>

#include "tests/firmware/grub_rauc.h"
#include "tests/firmware/uboot_rauc.h"

namespace dunlin {

const std::vector<BootWorld>& boot_worlds() {
  static const std::vector<BootWorld> worlds{uboot_rauc_world(), grub_rauc_world()};
  return worlds;
}

std::string test_name(const BootWorld& world) {
  std::string name = world.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace dunlin
