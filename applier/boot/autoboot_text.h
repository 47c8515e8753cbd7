#pragma once
#include "core/base/bytes.h"

namespace dunlin {

// autoboot.txt of the Raspberry Pi's firmware: which partition it boots, and which one when a restart asked
// for "tryboot". One sector of 512 bytes.
struct AutobootText {
  int partition = 0;      // [all] boot_partition
  int try_partition = 0;  // [tryboot] boot_partition; without it the firmware takes that of [all]
};

inline constexpr std::size_t autoboot_size = 512;

// Total parser. Fails (device) when the text is longer than a sector, [all] names no partition, or
// `tryboot_a_b=1` is missing: without it the firmware would read tryboot.txt instead.
Result<AutobootText> parse_autoboot(std::string_view text);

// Exactly 512 bytes: comments fill the rest, so that the file can be overwritten in place.
std::string to_text(const AutobootText& autoboot);

}  // namespace dunlin
