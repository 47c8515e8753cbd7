#include "applier/boot/autoboot_text.h"

#include <charconv>

namespace dunlin {

namespace {

enum class Filter { all, tryboot, none };

Result<int> parse_partition(std::string_view text) {
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number < 1 || number > 255)
    return fail(ErrorKind::device, "boot_partition is \"" + std::string(text) + "\", not a partition");
  return number;
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && std::string_view(" \t\r").find(line.back()) != std::string_view::npos)
    line.remove_suffix(1);
  return line;
}

class AutobootParser {
 public:
  Result<void> take(std::string_view line) {
    if (line == "[all]")
      filter_ = Filter::all;
    else if (line == "[tryboot]")
      filter_ = Filter::tryboot;
    else if (line.starts_with('['))
      filter_ = Filter::none;
    if (line == "tryboot_a_b=1" && filter_ == Filter::all) a_b_ = true;
    constexpr std::string_view key = "boot_partition=";
    if (!line.starts_with(key) || filter_ == Filter::none) return {};
    Result<int> partition = parse_partition(line.substr(key.size()));
    if (!partition) return fail(std::move(partition.error()));
    // What stands under [all] counts for tryboot too, until [tryboot] says otherwise.
    autoboot_.try_partition = *partition;
    if (filter_ == Filter::all) autoboot_.partition = *partition;
    return {};
  }
  Result<AutobootText> finish() const {
    if (autoboot_.partition == 0) return fail(ErrorKind::device, "[all] names no boot_partition");
    if (!a_b_) return fail(ErrorKind::device, "tryboot_a_b=1 is missing under [all]");
    return autoboot_;
  }

 private:
  Filter filter_ = Filter::all;
  bool a_b_ = false;
  AutobootText autoboot_;
};

}  // namespace

Result<AutobootText> parse_autoboot(std::string_view text) {
  if (text.size() > autoboot_size) return fail(ErrorKind::device, "it is longer than one sector, 512 bytes");
  AutobootParser parser;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Result<void> taken = parser.take(trimmed(text.substr(0, end)));
    if (!taken) return fail(std::move(taken.error()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

std::string to_text(const AutobootText& autoboot) {
  std::string text = "[all]\ntryboot_a_b=1\nboot_partition=" + std::to_string(autoboot.partition) + "\n";
  if (autoboot.try_partition != autoboot.partition)
    text += "[tryboot]\nboot_partition=" + std::to_string(autoboot.try_partition) + "\n";
  // The firmware reads lines of at most 98 characters.
  while (text.size() < autoboot_size) {
    const std::size_t line = std::min<std::size_t>(autoboot_size - text.size(), 64);
    text += std::string(line - 1, '#') + "\n";
  }
  return text;
}

}  // namespace dunlin
