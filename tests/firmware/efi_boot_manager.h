#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// UEFI's boot manager over BootNext and BootOrder (UEFI 2.10, 3.1).
BootWorld efi_boot_manager_world();

}  // namespace dunlin
