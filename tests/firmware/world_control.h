#pragma once
#include "applier/boot/boot_settings.h"

namespace dunlin {

// What the applier would make of these settings; starts no programs.
std::unique_ptr<BootControl> world_control(Disk& disk, const BootSettings& settings);

}  // namespace dunlin
