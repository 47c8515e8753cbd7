#include "core/trust/version.h"

#include <algorithm>

namespace dunlin {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// '~' sorts before the end of the text, letters before everything else.
int weight(std::string_view rest) {
  if (rest.empty() || is_digit(rest[0])) return 0;
  if (rest[0] == '~') return -1;
  return is_letter(rest[0]) ? rest[0] : rest[0] + 256;
}

std::string_view take_digits(std::string_view& rest) {
  const auto end =
      static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_digit) - rest.begin());
  std::string_view digits = rest.substr(0, end);
  rest.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

// Debian Policy 5.6.12, for upstream versions.
std::strong_ordering compare_versions(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    while ((!left.empty() && !is_digit(left[0])) || (!right.empty() && !is_digit(right[0]))) {
      const auto order = weight(left) <=> weight(right);
      if (order != 0) return order;
      left.remove_prefix(std::min<std::size_t>(1, left.size()));
      right.remove_prefix(std::min<std::size_t>(1, right.size()));
    }
    const std::string_view left_digits = take_digits(left);
    const std::string_view right_digits = take_digits(right);
    const auto length = left_digits.size() <=> right_digits.size();
    if (length != 0) return length;
    const auto value = left_digits.compare(right_digits) <=> 0;
    if (value != 0) return value;
  }
  return std::strong_ordering::equal;
}

Result<void> check_version(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::usage, "a version cannot be empty");
  if (text.size() > 64) return fail(ErrorKind::usage, "a version has at most 64 characters");
  for (char c : text) {
    if (is_digit(c) || is_letter(c) || c == '.' || c == '+' || c == '~' || c == '-') continue;
    return fail(ErrorKind::usage, "version \"" + std::string(text) +
                                      "\" has a character other than letters, digits and . + ~ -");
  }
  return {};
}

}  // namespace dunlin
