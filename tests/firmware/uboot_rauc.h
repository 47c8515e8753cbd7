#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// RAUC's U-Boot script (contrib/uboot.sh) over a redundant environment in two files of `size` bytes.
std::unique_ptr<FirmwareModel> uboot_rauc_firmware(const std::string& first, const std::string& second,
                                                   std::uint32_t size);
BootWorld uboot_rauc_world();

}  // namespace dunlin
