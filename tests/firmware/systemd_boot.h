#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// systemd-boot's choice among counted entries, and the renames it makes.
BootWorld systemd_boot_world();

}  // namespace dunlin
