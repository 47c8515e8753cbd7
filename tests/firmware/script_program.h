#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// A device whose program keeps dunlin's variables for U-Boot, and prints flags as docs/boot-control.md asks.
BootWorld script_program_world();

}  // namespace dunlin
