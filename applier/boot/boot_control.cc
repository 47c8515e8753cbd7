#include "applier/boot/boot_control.h"

#include <algorithm>

namespace dunlin {

SlotFlags BootFlags::of(const std::string& slot) const {
  const auto found =
      std::find_if(slots.begin(), slots.end(), [&](const SlotFlags& flags) { return flags.slot == slot; });
  return found == slots.end() ? SlotFlags{slot, false, 0} : *found;
}

std::string boot_name(const std::string& slot) {
  std::string name = slot;
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

}  // namespace dunlin
