#pragma once
#include "applier/boot/uboot_store.h"

namespace dunlin {

// /etc/fw_env.config as U-Boot's own tools read it: one line for each copy, "device offset size [sector size
// [sectors]]", numbers as in C, a negative offset from the end of the device; '#' begins a comment. Total.
// Fails (device) on other text, on more than two copies, on sizes that differ, and on raw flash
// (/dev/mtd...), whose erase blocks this program does not know.
struct FwEnvPlace {
  std::string path;
  std::int64_t offset = 0;
};

struct FwEnvConfig {
  std::vector<FwEnvPlace> copies;
  std::uint32_t size = 0;
};

Result<FwEnvConfig> parse_fw_env_config(std::string_view text);

// The same with every offset counted from the beginning of its device.
Result<UbootSettings> read_fw_env_config(Disk& disk, const std::string& path);

}  // namespace dunlin
