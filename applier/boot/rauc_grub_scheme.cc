#include "applier/boot/rauc_grub_scheme.h"

#include "applier/boot/boot_order.h"

namespace dunlin {

std::vector<std::string> RaucGrubScheme::own_variables() const {
  std::vector<std::string> names{"ORDER"};
  for (const BootSlot& slot : slots_)
    for (const char* variable : {"_OK", "_TRY"}) names.push_back(slot.boot_name + variable);
  return names;
}

Result<BootFlags> RaucGrubScheme::flags_of(const BootVariables& variables) const {
  const BootOrder order = boot_order_of(value_of(variables, "ORDER"), slots_);
  BootFlags flags;
  for (const BootSlot& slot : slots_) {
    const bool ok = value_of(variables, slot.boot_name + "_OK") == "1";
    const bool tried = value_of(variables, slot.boot_name + "_TRY") == "1";
    flags.slots.push_back({slot.name, contains(order, slot.boot_name) && ok, tried ? 0 : 1});
  }
  flags.next = first_bootable(order, slots_, flags);
  return flags;
}

// Every variable of ours is spelled out: what a missing one means differs between boot scripts.
void RaucGrubScheme::set(BootVariables& variables, const std::string& slot, const char* ok) const {
  const std::string name = boot_name_of(slots_, slot);
  variables[name + "_OK"] = ok;
  variables[name + "_TRY"] = "0";
  variables["ORDER"] = to_text(boot_order_of(value_of(variables, "ORDER"), slots_));
  for (const std::string& own : own_variables())
    if (value_of(variables, own).empty()) variables[own] = "0";
}

void RaucGrubScheme::mark_unbootable(BootVariables& variables, const std::string& slot) const {
  set(variables, slot, "0");
}

void RaucGrubScheme::arm(BootVariables& variables, const std::string& slot, int) const {
  BootOrder order = boot_order_of(value_of(variables, "ORDER"), slots_);
  move_to_front(order, boot_name_of(slots_, slot));
  variables["ORDER"] = to_text(order);
  set(variables, slot, "1");
}

void RaucGrubScheme::confirm(BootVariables& variables, const std::string& slot) const {
  arm(variables, slot, 1);
}

void RaucGrubScheme::refill(BootVariables& variables, const std::string& slot) const {
  // Without OK the block never called this slot good (a device fresh from the factory): it runs, so it is.
  set(variables, slot, "1");
}

}  // namespace dunlin
