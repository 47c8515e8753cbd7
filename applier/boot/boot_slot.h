#pragma once
#include <string>
#include <vector>

namespace dunlin {

// A slot, and what the boot loader calls it: "A", a partition's number, an entry's name.
struct BootSlot {
  std::string name;       // as configured, "a"
  std::string boot_name;  // as the boot loader has it
};

// "A" for slot "a".
std::string upper_case(const std::string& slot);

// The boot loader's name of a configured slot; the slot must be one of them.
const std::string& boot_name_of(const std::vector<BootSlot>& slots, const std::string& slot);

// Slots whose boot names are their own in upper case, as RAUC's boot scripts have them.
std::vector<BootSlot> upper_case_slots(const std::vector<std::string>& names);

}  // namespace dunlin
