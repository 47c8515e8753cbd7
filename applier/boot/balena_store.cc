#include "applier/boot/balena_store.h"

#include <algorithm>
#include <optional>

#include "applier/boot/medium.h"

namespace dunlin {

namespace {

constexpr std::size_t text_environment_max = 512;
constexpr const char* bootcount_name = "bootcount";

Result<void> add_line(BootVariables& variables, std::string_view line) {
  if (line.empty() || line.front() == '#') return {};
  const std::size_t equals = line.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return fail(ErrorKind::device, "a line is not of the form name=value");
  variables[std::string(line.substr(0, equals))] = line.substr(equals + 1);
  return {};
}

// Past the page cache; nullopt when there is no such file.
Result<std::optional<std::string>> read_past_cache(Disk& disk, const std::string& path) {
  Result<Bytes> bytes = read_from_medium(disk, path, text_environment_max);
  if (!bytes && bytes.error().cause == std::errc::no_such_file_or_directory)
    return std::optional<std::string>();
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->size() > text_environment_max)
    return fail(ErrorKind::device, path + " is longer than one sector, 512 bytes");
  return std::optional<std::string>(as_text(*bytes));
}

}  // namespace

std::string balena_count_text(const std::string& count) {
  return "bootcount=" + count + "\n" + std::string(1, '\0');
}

Result<BootVariables> parse_text_environment(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  BootVariables variables;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Result<void> added = add_line(variables, text.substr(0, end));
    if (!added) return fail(std::move(added.error()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return variables;
}

BalenaStore::BalenaStore(Disk& disk, std::string environment_path)
    : disk_(disk),
      environment_path_(std::move(environment_path)),
      count_path_(folder_of(environment_path_) + "/bootcount.env") {}

// Without the file U-Boot takes 0.
Result<std::string> BalenaStore::read_count() {
  Result<std::optional<std::string>> text = read_past_cache(disk_, count_path_);
  if (!text) return fail(std::move(text.error()));
  if (!*text) return std::string("0");
  Result<BootVariables> variables = parse_text_environment(**text);
  if (!variables) return fail(std::move(variables.error()), count_path_ + " is damaged (remove it)");
  const std::string count = value_of(*variables, bootcount_name);
  return count.empty() ? std::string("0") : count;
}

Result<BootVariables> BalenaStore::load() {
  Result<std::optional<std::string>> text = read_past_cache(disk_, environment_path_);
  if (!text) return fail(std::move(text.error()));
  if (!*text) return fail(ErrorKind::device, environment_path_ + " is missing");
  Result<BootVariables> variables = parse_text_environment(**text);
  if (!variables) return fail(std::move(variables.error()), environment_path_ + " is damaged");
  Result<std::string> count = read_count();
  if (!count) return fail(std::move(count.error()));
  (*variables)[bootcount_name] = *count;
  return variables;
}

Result<void> BalenaStore::store_text(const std::string& path, const std::string& text) {
  Result<std::optional<std::string>> before = read_past_cache(disk_, path);
  if (before && *before && **before == text) return {};
  Result<void> written = before && *before ? replace_text(disk_, path, **before, text)
                                           : write_file_atomically(disk_, path, as_bytes(text));
  if (!written) return written;
  Result<std::optional<std::string>> after = read_past_cache(disk_, path);
  if (!after) return fail(std::move(after.error()), "reading it back");
  if (!*after || **after != text) return fail(ErrorKind::device, path + " did not keep what was written");
  return {};
}

Result<void> BalenaStore::store_count(const std::string& count) {
  Result<std::string> before = read_count();
  if (before && *before == count) return {};
  return store_text(count_path_, balena_count_text(count));
}

Result<void> BalenaStore::store(const BootVariables& variables) {
  std::string text;
  for (const auto& [name, value] : variables)
    if (name != bootcount_name && !value.empty()) text += name + "=" + value + "\n";
  if (text.size() > text_environment_max)
    return fail(ErrorKind::device, environment_path_ + " would be longer than one sector, 512 bytes");
  const std::string count = value_of(variables, bootcount_name);
  Result<void> counted = store_count(count.empty() ? "0" : count);
  return counted ? store_text(environment_path_, text) : counted;
}

}  // namespace dunlin
