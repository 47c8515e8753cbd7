#include "applier/boot/fw_env_config.h"

#include <cerrno>
#include <cstdlib>
#include <sstream>

namespace dunlin {

namespace {

constexpr std::int64_t offset_max = std::int64_t{1} << 60;

Result<std::int64_t> parse_c_number(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const long long number = std::strtoll(text.c_str(), &end, 0);
  if (text.empty() || *end != '\0' || errno != 0 || number > offset_max || number < -offset_max)
    return fail(ErrorKind::device, "\"" + text + "\" is not a number");
  return number;
}

Result<void> add_copy(FwEnvConfig& config, const std::string& line) {
  std::istringstream words(line);
  std::string path;
  std::string offset_text;
  std::string size_text;
  if (!(words >> path)) return {};
  if (!(words >> offset_text >> size_text))
    return fail(ErrorKind::device, "a line needs device, offset and size: \"" + line + "\"");
  Result<std::int64_t> offset = parse_c_number(offset_text);
  if (!offset) return fail(std::move(offset.error()));
  Result<std::int64_t> size = parse_c_number(size_text);
  if (!size) return fail(std::move(size.error()));
  if (*size < uboot_environment_size_min || *size > uboot_environment_size_max)
    return fail(ErrorKind::device, "an environment of " + size_text + " bytes");
  if (path.starts_with("/dev/mtd"))
    return fail(ErrorKind::device,
                path + ": raw flash is not supported, its erase blocks need U-Boot's own tools");
  if (!config.copies.empty() && config.size != *size)
    return fail(ErrorKind::device, "the copies have different sizes");
  config.copies.push_back({path, *offset});
  config.size = static_cast<std::uint32_t>(*size);
  return {};
}

}  // namespace

Result<FwEnvConfig> parse_fw_env_config(std::string_view text) {
  FwEnvConfig config;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    Result<void> added = add_copy(config, line.substr(0, line.find('#')));
    if (!added) return fail(std::move(added.error()));
  }
  if (config.copies.empty() || config.copies.size() > 2)
    return fail(ErrorKind::device,
                "it names " + std::to_string(config.copies.size()) + " copies, not one or two");
  return config;
}

Result<UbootSettings> read_fw_env_config(Disk& disk, const std::string& path) {
  Result<std::string> text = read_text(disk, path, 64 * 1024);
  if (!text) return fail(std::move(text.error()));
  Result<FwEnvConfig> config = parse_fw_env_config(*text);
  if (!config) return fail(std::move(config.error()), path);
  UbootSettings settings{{}, config->size};
  for (const FwEnvPlace& place : config->copies) {
    std::int64_t offset = place.offset;
    if (offset < 0) {
      Result<FileStatus> status = disk.status(place.path);
      if (!status) return fail(std::move(status.error()));
      offset += static_cast<std::int64_t>(status->size);
      if (offset < 0)
        return fail(ErrorKind::device, path + ": " + place.path + " is smaller than its offset");
    }
    settings.copies.push_back({place.path, static_cast<std::uint64_t>(offset)});
  }
  return settings;
}

}  // namespace dunlin
