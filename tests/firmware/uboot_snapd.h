#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// Ubuntu Core's boot script for U-Boot, as of 20, over a redundant environment.
BootWorld uboot_snapd_world();

}  // namespace dunlin
