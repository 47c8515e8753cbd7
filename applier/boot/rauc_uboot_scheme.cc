#include "applier/boot/rauc_uboot_scheme.h"

#include <charconv>

#include "applier/boot/boot_order.h"

namespace dunlin {

namespace {

// What RAUC's boot script assumes when a counter is not set.
constexpr int script_default_tries = 3;

std::string left_name(const std::string& boot_name) {
  return "BOOT_" + boot_name + "_LEFT";
}

// Hexadecimal without 0x. Anything else counts as none left, as in the script's `test`.
int parse_left(const BootVariables& variables, const std::string& boot_name) {
  const std::string text = value_of(variables, left_name(boot_name));
  if (text.empty()) return script_default_tries;
  int left = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), left, 16);
  const bool whole = code == std::errc() && end == text.data() + text.size() && left >= 0;
  return whole ? left : 0;
}

}  // namespace

std::vector<std::string> RaucUbootScheme::own_variables() const {
  std::vector<std::string> names{"BOOT_ORDER"};
  for (const BootSlot& slot : slots_) names.push_back(left_name(slot.boot_name));
  return names;
}

Result<BootFlags> RaucUbootScheme::flags_of(const BootVariables& variables) const {
  const BootOrder order = boot_order_of(value_of(variables, "BOOT_ORDER"), slots_);
  BootFlags flags;
  for (const BootSlot& slot : slots_)
    flags.slots.push_back(
        {slot.name, contains(order, slot.boot_name), parse_left(variables, slot.boot_name)});
  flags.next = first_bootable(order, slots_, flags);
  return flags;
}

void RaucUbootScheme::mark_unbootable(BootVariables& variables, const std::string& slot) const {
  // Out of the order, not only without tries: when no slot has tries left the script refills all of them.
  const std::string name = boot_name_of(slots_, slot);
  BootOrder order = boot_order_of(value_of(variables, "BOOT_ORDER"), slots_);
  remove(order, name);
  variables["BOOT_ORDER"] = to_text(order);
  variables[left_name(name)] = "0";
}

void RaucUbootScheme::arm(BootVariables& variables, const std::string& slot, int tries) const {
  const std::string name = boot_name_of(slots_, slot);
  BootOrder order = boot_order_of(value_of(variables, "BOOT_ORDER"), slots_);
  move_to_front(order, name);
  variables["BOOT_ORDER"] = to_text(order);
  variables[left_name(name)] = std::to_string(tries);
}

void RaucUbootScheme::confirm(BootVariables& variables, const std::string& slot) const {
  arm(variables, slot, tries_);
}

void RaucUbootScheme::refill(BootVariables& variables, const std::string& slot) const {
  // A counter that is not set is the script's full one; naming it here would only wear the flash.
  const std::string name = boot_name_of(slots_, slot);
  if (parse_left(variables, name) < tries_) variables[left_name(name)] = std::to_string(tries_);
}

}  // namespace dunlin
