#include "applier/boot/boot_slot.h"

#include <algorithm>

#include "core/base/check.h"

namespace dunlin {

std::string upper_case(const std::string& slot) {
  std::string name = slot;
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

const std::string& boot_name_of(const std::vector<BootSlot>& slots, const std::string& slot) {
  const auto found =
      std::find_if(slots.begin(), slots.end(), [&](const BootSlot& known) { return known.name == slot; });
  CHECK(found != slots.end());
  return found->boot_name;
}

std::vector<BootSlot> upper_case_slots(const std::vector<std::string>& names) {
  std::vector<BootSlot> slots;
  for (const std::string& name : names) slots.push_back({name, upper_case(name)});
  return slots;
}

}  // namespace dunlin
