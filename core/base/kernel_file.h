#pragma once
#include "core/base/disk.h"

namespace dunlin {

// Files such as /proc/cmdline say they are empty: reads up to `size_max` bytes of whatever comes.
Result<std::string> read_kernel_file(Disk& disk, const std::string& path, std::size_t size_max);

}  // namespace dunlin
