#pragma once
#include <set>
#include <string>
#include <vector>

#include "core/base/disk.h"

namespace dunlin {

// The kernel's last words, as pstore keeps them over a reset (Documentation/admin-guide/ramoops.rst, ABI
// pstore), and as systemd-pstore moves them away at the next boot: paths of all of them in `folders`. What
// pstore also keeps of boots that ended well (console, messages from programs, traces) is left out. A folder
// that is not there or cannot be read holds none. Of each folder the last 256 by name count: names grow with
// time.
std::set<std::string> panic_records(Disk& disk, const std::vector<std::string>& folders);

}  // namespace dunlin
