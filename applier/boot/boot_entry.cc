#include "applier/boot/boot_entry.h"

#include <charconv>

namespace dunlin {

namespace {

constexpr std::string_view entry_suffix = ".conf";
constexpr std::string_view off_suffix = ".off";

// 0 to 9999, without sign or blanks.
std::optional<int> parse_counter(std::string_view text) {
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  if (!whole || text.front() == '-' || text.size() > 4) return std::nullopt;
  return number;
}

bool take_end(std::string_view& name, std::string_view end) {
  if (!name.ends_with(end)) return false;
  name.remove_suffix(end.size());
  return true;
}

// Where the value of `key` begins and ends in the text; npos when the key is not there.
struct ValuePlace {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
};

ValuePlace find_value(std::string_view text, std::string_view key) {
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    const std::string_view words = text.substr(line, end - line);
    const std::size_t value = words.find_first_not_of(" \t", key.size());
    if (words.starts_with(key) && value != std::string_view::npos && value > key.size())
      return {line + value, end};
    line = end + 1;
  }
  return {};
}

}  // namespace

std::optional<BootEntryName> parse_boot_entry_name(std::string_view name) {
  BootEntryName entry;
  entry.off = take_end(name, off_suffix);
  if (!take_end(name, entry_suffix) || name.empty()) return std::nullopt;
  entry.id = name;
  const std::size_t plus = name.rfind('+');
  if (plus == std::string_view::npos || plus == 0) return entry;
  std::string_view counters = name.substr(plus + 1);
  const std::size_t dash = counters.find('-');
  const std::optional<int> left = parse_counter(counters.substr(0, dash));
  const std::optional<int> done =
      dash == std::string_view::npos ? std::optional(0) : parse_counter(counters.substr(dash + 1));
  // What is no counter belongs to the id.
  if (!left || !done) return entry;
  entry.id = name.substr(0, plus);
  entry.left = left;
  entry.done = *done;
  return entry;
}

std::string to_text(const BootEntryName& name) {
  std::string text = name.id;
  if (name.left) text += "+" + std::to_string(*name.left);
  if (name.left && name.done > 0) text += "-" + std::to_string(name.done);
  return text.append(entry_suffix).append(name.off ? off_suffix : "");
}

std::string entry_value(std::string_view text, std::string_view key) {
  const ValuePlace place = find_value(text, key);
  if (place.begin == std::string_view::npos) return "";
  std::string value(text.substr(place.begin, place.end - place.begin));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t' || value.back() == '\r'))
    value.pop_back();
  return value;
}

std::string with_entry_value(std::string_view text, std::string_view key, std::string_view value) {
  std::string changed(text);
  const ValuePlace place = find_value(text, key);
  if (place.begin != std::string_view::npos)
    return changed.replace(place.begin, place.end - place.begin, value);
  if (!changed.empty() && changed.back() != '\n') changed += '\n';
  return changed.append(key).append(" ").append(value).append("\n");
}

}  // namespace dunlin
