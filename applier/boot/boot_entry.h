#pragma once
#include <optional>

#include "core/base/bytes.h"

namespace dunlin {

// The name of a boot loader entry (Boot Loader Specification, type 1) with the counters of automatic boot
// assessment: "<id>.conf", "<id>+LEFT.conf", "<id>+LEFT-DONE.conf". With ".off" behind it is ours: an entry
// that the boot loader does not see.
struct BootEntryName {
  std::string id;
  std::optional<int> left;  // none: the entry is good, and not counted
  int done = 0;
  bool off = false;

  bool is_bad() const { return left == 0; }
  bool operator==(const BootEntryName&) const = default;
};

// nullopt: no name of an entry.
std::optional<BootEntryName> parse_boot_entry_name(std::string_view name);
std::string to_text(const BootEntryName& name);

// The value of a key of an entry ("version", "sort-key"); empty when it is not there. Total.
std::string entry_value(std::string_view text, std::string_view key);
// The text with the key's line replaced, or added at the end.
std::string with_entry_value(std::string_view text, std::string_view key, std::string_view value);

}  // namespace dunlin
