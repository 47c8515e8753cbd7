#pragma once
#include <map>
#include <optional>

#include "core/base/bytes.h"

namespace dunlin {

// Variables by name, as both boot loaders keep them.
using BootVariables = std::map<std::string, std::string>;

// One copy of a redundant U-Boot environment (CONFIG_ENV_REDUNDANT): u32 CRC-32 of the data, u8 flags, data.
struct UbootCopy {
  std::uint8_t flags = 0;  // grows by one with each save, wraps from 255 to 0
  BootVariables variables;
};

// Size of one copy on the medium: 64 bytes to 1 MiB.
inline constexpr std::uint32_t uboot_environment_size_min = 64;
inline constexpr std::uint32_t uboot_environment_size_max = 1u << 20;

// Total parser for one whole copy. Fails (device) when the CRC does not fit or the data are not a list of
// name=value strings.
Result<UbootCopy> parse_uboot_copy(ByteView bytes);

// The copy's bytes, `size` of them. Fails (device) when the variables need more room.
Result<Bytes> serialise_uboot_copy(const UbootCopy& copy, std::uint32_t size);

// Which of two good copies is newer, by the rule of U-Boot's incremental scheme: higher flags, but 0 is newer
// than 255; equal: the first. Returns 0 or 1.
int newer_uboot_copy(std::uint8_t first_flags, std::uint8_t second_flags);

// CRC-32 (IEEE 802.3), as zlib computes it.
std::uint32_t crc32(ByteView bytes);

}  // namespace dunlin
