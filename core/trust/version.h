#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dunlin {

// Release versions compare like Debian upstream versions without epoch: runs of digits by number, the rest by
// character, '~' before everything ("1.0~rc1" < "1.0"). Letters, digits and . + ~ - only, at most 64
// characters.
std::strong_ordering compare_versions(std::string_view left, std::string_view right);
Result<void> check_version(std::string_view text);  // usage when it is empty or has other characters

}  // namespace dunlin
