#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// packaging/boot/dunlin-uboot.cmd over a redundant environment.
BootWorld uboot_dunlin_world();

}  // namespace dunlin
