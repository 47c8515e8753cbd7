#include "applier/boot_control.h"

#include "core/base/check.h"

namespace dunlin {

const SlotFlags& BootFlags::of(const std::string& slot) const {
  const auto found =
      std::find_if(slots.begin(), slots.end(), [&](const SlotFlags& flags) { return flags.slot == slot; });
  CHECK(found != slots.end());
  return *found;
}

std::string boot_name(const std::string& slot) {
  std::string name = slot;
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

}  // namespace dunlin
