#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// packaging/boot/dunlin-grub.cfg over one environment block.
BootWorld grub_dunlin_world();

}  // namespace dunlin
