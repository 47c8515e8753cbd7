#pragma once
#include "tests/firmware/firmware_model.h"

namespace dunlin {

// RAUC's GRUB script (contrib/grub.conf) over one environment block; its rescue entry is played as a reset.
std::unique_ptr<FirmwareModel> grub_rauc_firmware(const std::string& block);
BootWorld grub_rauc_world();

}  // namespace dunlin
