#pragma once
#include "applier/boot/boot_settings.h"
#include "core/base/toml_reader.h"

namespace dunlin {

// The table [boot_control], and `boot_name` of each [[slot]]. What is wrong is rejected where it stands.
// `slots`: the configured names, in order, each with its table.
BootSettings read_boot_settings(TomlReader& root, std::vector<std::pair<std::string, TomlReader>> slots);

}  // namespace dunlin
