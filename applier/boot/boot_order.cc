#include "applier/boot/boot_order.h"

#include <algorithm>
#include <sstream>

namespace dunlin {

BootOrder parse_boot_order(const std::string& text) {
  BootOrder order;
  std::istringstream words(text);
  std::string word;
  while (words >> word)
    if (!contains(order, word)) order.push_back(word);
  return order;
}

std::string to_text(const BootOrder& order) {
  std::string text;
  for (const std::string& name : order) text += (text.empty() ? "" : " ") + name;
  return text;
}

bool contains(const BootOrder& order, const std::string& name) {
  return std::find(order.begin(), order.end(), name) != order.end();
}

void move_to_front(BootOrder& order, const std::string& name) {
  remove(order, name);
  order.insert(order.begin(), name);
}

void remove(BootOrder& order, const std::string& name) {
  order.erase(std::remove(order.begin(), order.end(), name), order.end());
}

BootOrder boot_order_of(const std::string& text, const std::vector<BootSlot>& slots) {
  if (!text.empty()) return parse_boot_order(text);
  BootOrder order;
  for (const BootSlot& slot : slots) order.push_back(slot.boot_name);
  return order;
}

std::string first_bootable(const BootOrder& order, const std::vector<BootSlot>& slots,
                           const BootFlags& flags) {
  for (const std::string& name : order)
    for (const BootSlot& slot : slots)
      if (slot.boot_name == name && flags.of(slot.name).bootable()) return slot.name;
  return "";
}

}  // namespace dunlin
