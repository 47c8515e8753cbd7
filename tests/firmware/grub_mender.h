#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// grub-mender-grubenv's scripts over its two locked environment blocks.
BootWorld grub_mender_world();

}  // namespace dunlin
