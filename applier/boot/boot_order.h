#pragma once
#include <string>
#include <vector>

namespace dunlin {

// BOOT_ORDER and ORDER: boot names separated by single spaces. Names that are not ours are kept.
using BootOrder = std::vector<std::string>;

BootOrder parse_boot_order(const std::string& text);
std::string to_text(const BootOrder& order);
bool contains(const BootOrder& order, const std::string& name);
void move_to_front(BootOrder& order, const std::string& name);
void remove(BootOrder& order, const std::string& name);

}  // namespace dunlin
