// Any pattern against any path (what follows the first line feed): the answer is that of a plain recursive
// reading of the rules, for patterns short enough to afford one.
#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/trust/path_pattern.h"

namespace {

using namespace dunlin;

// Stars and question marks only, bytes below 0x80.
bool plainly_fits(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty();
  if (pattern.front() == '*')
    return plainly_fits(pattern.substr(1), path) ||
           (!path.empty() && path.front() != '/' && plainly_fits(pattern, path.substr(1)));
  if (path.empty()) return false;
  const bool fits = pattern.front() == '?' ? path.front() != '/' : pattern.front() == path.front();
  return fits && plainly_fits(pattern.substr(1), path.substr(1));
}

bool is_plain(std::string_view text) {
  return text.find('[') == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size)).substr(0, 4096);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view pattern = text.substr(0, line);
  const std::string_view path = text.substr(line + 1);
  const bool fits = matches_path_pattern(pattern, path);
  if (is_plain(pattern) && is_plain(path) && pattern.size() <= 10 && path.size() <= 12)
    CHECK(fits == plainly_fits(pattern, path));
  return 0;
}
