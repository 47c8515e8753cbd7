#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// balenaOS's U-Boot scripts (env_resin.h) over resinOS_uEnv.txt and bootcount.env.
BootWorld uboot_balena_world();

}  // namespace dunlin
