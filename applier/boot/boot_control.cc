#include "applier/boot/boot_control.h"

#include <algorithm>

namespace dunlin {

SlotFlags BootFlags::of(const std::string& slot) const {
  const auto found =
      std::find_if(slots.begin(), slots.end(), [&](const SlotFlags& flags) { return flags.slot == slot; });
  return found == slots.end() ? SlotFlags{slot, false, 0} : *found;
}

bool BootFlags::has_other_than(const std::string& slot) const {
  return std::any_of(slots.begin(), slots.end(),
                     [&](const SlotFlags& flags) { return flags.slot != slot && flags.enabled; });
}

Result<void> check_another_is_enabled(const BootFlags& flags, const std::string& slot) {
  if (flags.has_other_than(slot)) return {};
  return fail(ErrorKind::usage, "slot " + slot + " is the only one that can boot");
}

}  // namespace dunlin
