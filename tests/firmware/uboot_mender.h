#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// meta-mender's U-Boot scripts with the boot counter kept in a redundant environment.
BootWorld uboot_mender_world();

}  // namespace dunlin
