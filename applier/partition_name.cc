#include "applier/partition_name.h"

#include <algorithm>
#include <sstream>

#include "core/base/kernel_file.h"
#include "core/base/lower_case.h"

namespace dunlin {

namespace {

constexpr const char* block_folder = "/sys/class/block/";

struct Wanted {
  std::string key;  // as uevent has it
  std::string value;
  std::string links;  // udev's folder
};

std::optional<Wanted> parse_wanted(const std::string& text) {
  const std::string label = "PARTLABEL=";
  const std::string id = "PARTUUID=";
  if (text.starts_with(label))
    return Wanted{"PARTNAME", text.substr(label.size()), "/dev/disk/by-partlabel/"};
  if (text.starts_with(id))
    return Wanted{"PARTUUID", in_lower_case(text.substr(id.size())), "/dev/disk/by-partuuid/"};
  return std::nullopt;
}

std::vector<std::string> devices_with(Disk& disk, const Wanted& wanted) {
  std::vector<std::string> found;
  const Result<std::vector<std::string>> names = disk.list(block_folder);
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    const Result<std::string> uevent = read_kernel_file(disk, block_folder + name + "/uevent", 4096);
    if (!uevent) continue;
    const std::string value = uevent_value(*uevent, wanted.key);
    const bool is_same =
        wanted.key == "PARTUUID" ? in_lower_case(value) == wanted.value : value == wanted.value;
    if (!value.empty() && is_same) found.push_back("/dev/" + uevent_value(*uevent, "DEVNAME"));
  }
  return found;
}

}  // namespace

std::string uevent_value(const std::string& uevent, const std::string& key) {
  std::istringstream lines(uevent);
  std::string line;
  while (std::getline(lines, line))
    if (line.starts_with(key + "=")) return line.substr(key.size() + 1);
  return {};
}

Result<std::string> find_partition(Disk& disk, const std::string& text) {
  const std::optional<Wanted> wanted = parse_wanted(text);
  if (!wanted) return text;
  const std::vector<std::string> found = devices_with(disk, *wanted);
  if (found.size() > 1)
    return fail(ErrorKind::usage, text + " names two partitions, " + found[0] + " and " + found[1] +
                                      ": give one of them another label, or use PARTUUID=");
  if (found.size() == 1) return found[0];
  const Result<FileStatus> link = disk.status(wanted->links + wanted->value);
  if (link && link->kind == FileKind::block_device) return wanted->links + wanted->value;
  return fail(ErrorKind::device, "there is no partition " + text);
}

}  // namespace dunlin
