#pragma once
#include <string>
#include <vector>

#include "core/base/disk.h"

namespace dunlin {

// What boot scripts do with text: split at blanks, lower the case of a slot's name.
std::vector<std::string> firmware_words(const std::string& text);
std::string firmware_lower(std::string text);

// The firmware writes bytes over the beginning of a file. False when the power went meanwhile.
bool firmware_overwrite(Disk& disk, const std::string& path, ByteView bytes);

}  // namespace dunlin
