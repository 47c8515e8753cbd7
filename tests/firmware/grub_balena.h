#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// balenaOS's grub.cfg over one environment block.
BootWorld grub_balena_world();

}  // namespace dunlin
