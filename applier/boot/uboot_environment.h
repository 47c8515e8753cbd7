#pragma once
#include "applier/boot/boot_variables.h"
#include "applier/boot/crc32.h"

namespace dunlin {

// U-Boot's environment: u32 CRC-32 of the data, u8 flags when it is redundant (CONFIG_ENV_REDUNDANT), data.
enum class UbootLayout { redundant, single };

struct UbootCopy {
  std::uint8_t flags = 0;  // redundant: grows by one with each save, wraps from 255 to 0
  BootVariables variables;
};

// Size of one copy on the medium: 64 bytes to 1 MiB.
inline constexpr std::uint32_t uboot_environment_size_min = 64;
inline constexpr std::uint32_t uboot_environment_size_max = 1u << 20;

// Total parser for one whole copy. Fails (device) when the CRC does not fit or the data are not a list of
// name=value strings.
Result<UbootCopy> parse_uboot_copy(ByteView bytes, UbootLayout layout = UbootLayout::redundant);

// The copy's bytes, `size` of them. Fails (device) when the variables need more room.
Result<Bytes> serialise_uboot_copy(const UbootCopy& copy, std::uint32_t size,
                                   UbootLayout layout = UbootLayout::redundant);

// Which of two good copies is newer, by the rule of U-Boot's incremental scheme: higher flags, but 0 is newer
// than 255; equal: the first. Returns 0 or 1.
int newer_uboot_copy(std::uint8_t first_flags, std::uint8_t second_flags);

}  // namespace dunlin
