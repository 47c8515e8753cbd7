#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"

namespace dunlin {

// BOOT_ORDER and ORDER: boot names separated by single spaces. Names that are not ours are kept.
using BootOrder = std::vector<std::string>;

BootOrder parse_boot_order(const std::string& text);
std::string to_text(const BootOrder& order);
bool contains(const BootOrder& order, const std::string& name);
void move_to_front(BootOrder& order, const std::string& name);
void remove(BootOrder& order, const std::string& name);

// The order in the variable; when it is not set, the slots as configured, as boot scripts have it.
BootOrder boot_order_of(const std::string& text, const std::vector<BootSlot>& slots);

// The first slot of the order that is bootable; empty when none is.
std::string first_bootable(const BootOrder& order, const std::vector<BootSlot>& slots,
                           const BootFlags& flags);

}  // namespace dunlin
