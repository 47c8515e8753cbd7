#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// The Raspberry Pi's firmware over autoboot.txt, with the flag that a restart may carry.
BootWorld raspberry_tryboot_world();

}  // namespace dunlin
