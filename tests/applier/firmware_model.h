#pragma once
// The boot scripts' selection rules, line by line, on the bytes that the boot loader itself would read. They
// share no code with the boot control backends except the pure parsers, which boot_tools_test.cc checks
// against the real tools.
#include <string>

#include "applier/grub_environment.h"
#include "applier/uboot_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// RAUC's U-Boot script (contrib/uboot.sh). Resets, up to a limit, when no slot has a try left. Returns the
// slot in lower case, or "" when the firmware would hang or loop.
std::string play_uboot(Disk& disk, const std::string& first, const std::string& second, std::uint32_t size);

// RAUC's GRUB script (contrib/grub.conf); its rescue entry is played as a reset.
std::string play_grub(Disk& disk, const std::string& path);

}  // namespace dunlin
