#pragma once
#include <string>

#include "core/trust/manifest.h"

namespace dunlin {

// Below what a device never goes again once the release is confirmed: its version floor, or the oldest
// version that can read the data it has changed, whichever is higher. Empty: none. Pure.
std::string floor_of(const Manifest& manifest);

// Whether a slot's version may not run any more under this floor. An empty version is not known, and counts
// as below every floor: a floor says that older releases are harmful. Pure.
bool is_below_floor(const std::string& version, const std::string& floor);

}  // namespace dunlin
