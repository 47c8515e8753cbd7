#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// Ubuntu Core 16's grub.cfg over one environment block.
BootWorld grub_snapd_world();

}  // namespace dunlin
