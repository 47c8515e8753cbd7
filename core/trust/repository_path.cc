#include "core/trust/repository_path.h"

#include <algorithm>

#include "core/base/percent_encoding.h"

namespace dunlin {

namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_path_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '+' || c == '~' || c == '-';
}

bool is_name_character(char c) {
  return is_path_character(c) && c != '~';
}

std::string metadata_path(std::int64_t version, std::string_view role) {
  return "metadata/" + metadata_file_name(role, version);
}

Result<void> check_component(std::string_view component) {
  if (component.empty()) return fail(ErrorKind::bad_image, "has an empty component");
  if (component == "." || component == "..")
    return fail(ErrorKind::bad_image, "has the component \"" + std::string(component) + "\"");
  if (!std::all_of(component.begin(), component.end(), is_path_character))
    return fail(ErrorKind::bad_image, "has a character other than letters, digits and . _ + ~ - /");
  return {};
}

}  // namespace

std::string metadata_file_name(std::string_view role, std::optional<std::int64_t> version) {
  const std::string name = percent_encode(role) + ".json";
  return version ? std::to_string(*version) + "." + name : name;
}

std::string root_path(std::int64_t version) {
  return metadata_path(version, "root");
}
std::string snapshot_path(std::int64_t version) {
  return metadata_path(version, "snapshot");
}
std::string targets_path(std::int64_t version) {
  return metadata_path(version, "targets");
}

std::string target_path(std::string_view target_name, const Digest& sha256) {
  const std::size_t slash = target_name.rfind('/');
  const std::size_t file = slash == std::string_view::npos ? 0 : slash + 1;
  return "targets/" + std::string(target_name.substr(0, file)) + sha256.hex() + "." +
         std::string(target_name.substr(file));
}

std::string pack_path(const Digest& sha256) {
  return "packs/" + sha256.hex() + ".pack";
}
std::string torrent_path(const Digest& sha256) {
  return "torrents/" + sha256.hex() + ".torrent";
}

Result<void> check_repository_path(std::string_view path) {
  if (path.empty()) return fail(ErrorKind::bad_image, "is empty");
  if (path.size() > 512) return fail(ErrorKind::bad_image, "is longer than 512 characters");
  if (path.front() == '/') return fail(ErrorKind::bad_image, "is absolute");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    Result<void> component = check_component(path.substr(begin, end - begin));
    if (!component) return component;
    begin = end + 1;
  }
  return {};
}

Result<void> check_name(std::string_view name) {
  if (name.empty()) return fail(ErrorKind::bad_image, "is empty");
  if (name.size() > 64) return fail(ErrorKind::bad_image, "is longer than 64 characters");
  if (!is_alphanumeric(name.front()) || !std::all_of(name.begin(), name.end(), is_name_character))
    return fail(ErrorKind::bad_image,
                "has a character other than letters, digits and . _ + - (a letter or digit first)");
  return {};
}

}  // namespace dunlin
