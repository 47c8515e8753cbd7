#include "core/trust/path_pattern.h"

#include <optional>

namespace dunlin {

namespace {

// Bytes of the character that begins here; a stray byte is a character of its own.
std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

// "[abc]", "[a-z]", "[!a-z]" at the front of a pattern.
struct CharacterSet {
  std::string_view members;  // between the brackets, without "!"
  bool is_negated = false;
  std::size_t size = 0;  // of the whole in the pattern

  // Characters of one sequence length have the order of their bytes; longer ones come later.
  static bool is_between(std::string_view low, std::string_view x, std::string_view high) {
    const auto before = [](std::string_view a, std::string_view b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    };
    return !before(x, low) && !before(high, x);
  }

  bool has(std::string_view character) const {
    for (std::string_view rest = members; !rest.empty();) {
      const std::string_view low = rest.substr(0, character_size(rest));
      rest.remove_prefix(low.size());
      std::string_view high = low;
      if (rest.size() > 1 && rest.front() == '-') {
        rest.remove_prefix(1);
        high = rest.substr(0, character_size(rest));
        rest.remove_prefix(high.size());
      }
      if (is_between(low, character, high)) return !is_negated;
    }
    return is_negated;
  }
};

std::optional<CharacterSet> read_set(std::string_view pattern) {
  std::size_t begin = 1;
  CharacterSet set;
  set.is_negated = begin < pattern.size() && pattern[begin] == '!';
  if (set.is_negated) ++begin;
  // A "]" in the first place is a member.
  const std::size_t end = pattern.find(']', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  set.members = pattern.substr(begin, end - begin);
  set.size = end + 1;
  return set;
}

// How many bytes of the pattern's front fit one character; 0: none do.
std::size_t match_one(std::string_view pattern, std::string_view character) {
  if (pattern.empty()) return 0;
  if (pattern.front() == '?') return 1;
  if (pattern.front() == '[') {
    const std::optional<CharacterSet> set = read_set(pattern);
    if (set) return set->has(character) ? set->size : 0;
  }
  return pattern.starts_with(character) ? character.size() : 0;
}

// A star first takes nothing, and one character more whenever what follows it does not fit: only the last
// star ever has to be tried again.
bool matches_component(std::string_view pattern, std::string_view text) {
  std::optional<std::string_view> after_star;
  std::string_view text_at_star;
  while (!text.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      after_star = pattern;
      text_at_star = text;
      continue;
    }
    const std::string_view character = text.substr(0, character_size(text));
    const std::size_t fits = match_one(pattern, character);
    if (fits > 0) {
      pattern.remove_prefix(fits);
      text.remove_prefix(character.size());
      continue;
    }
    if (!after_star) return false;
    text_at_star.remove_prefix(character_size(text_at_star));
    text = text_at_star;
    pattern = *after_star;
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

}  // namespace

bool matches_path_pattern(std::string_view pattern, std::string_view path) {
  for (;;) {
    const std::size_t pattern_end = pattern.find('/');
    const std::size_t path_end = path.find('/');
    if ((pattern_end == std::string_view::npos) != (path_end == std::string_view::npos)) return false;
    if (!matches_component(pattern.substr(0, pattern_end), path.substr(0, path_end))) return false;
    if (pattern_end == std::string_view::npos) return true;
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

}  // namespace dunlin
