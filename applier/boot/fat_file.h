#pragma once
#include "core/base/disk.h"

namespace dunlin {

// write_file_atomically() for a folder that may lie on FAT: there a new name is an empty file on the medium
// until the file itself is synced again (vfat_rename in Linux). Until then a power cut leaves the new name
// empty.
Result<void> replace_file_on_fat(Disk& disk, const std::string& path, ByteView bytes);

}  // namespace dunlin
