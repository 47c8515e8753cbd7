#include "applier/system_sight.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/kernel_file.h"

namespace dunlin {

namespace {

constexpr unsigned route_up = 0x0001;      // RTF_UP
constexpr unsigned route_reject = 0x0200;  // RTF_REJECT
constexpr int stacked_devices_max = 8;     // verity over crypt over linear, and some more

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream words(line);
  std::vector<std::string> list;
  for (std::string word; words >> word;) list.push_back(word);
  return list;
}

std::vector<std::vector<std::string>> table_of(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(words_of(line));
  return rows;
}

bool leads_out(const std::string& flags_in_hex) {
  unsigned flags = 0;
  const char* end = flags_in_hex.data() + flags_in_hex.size();
  if (std::from_chars(flags_in_hex.data(), end, flags, 16).ptr != end) return false;
  return (flags & route_up) != 0 && (flags & route_reject) == 0;
}

// The devices below this one, and theirs, as numbers.
void add_with_lower_devices(Disk& disk, const std::string& numbers, int levels, std::set<std::string>& out) {
  out.insert(numbers);
  const std::string folder = "/sys/dev/block/" + numbers + "/slaves";
  const Result<std::vector<std::string>> lower = disk.list(folder);
  if (!lower || levels == 0) return;
  for (const std::string& name : *lower) {
    Result<std::string> text = read_kernel_file(disk, folder + "/" + name + "/dev", 64);
    if (text) add_with_lower_devices(disk, text->substr(0, text->find('\n')), levels - 1, out);
  }
}

// Empty when it is no block device that can be looked at.
std::string device_numbers(const std::string& device) {
  struct stat info {};
  if (::stat(device.c_str(), &info) != 0 || !S_ISBLK(info.st_mode)) return {};
  return std::to_string(major(info.st_rdev)) + ":" + std::to_string(minor(info.st_rdev));
}

}  // namespace

bool has_default_route(std::string_view proc_net_route, std::string_view proc_net_ipv6_route) {
  // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
  for (const auto& row : table_of(proc_net_route))
    if (row.size() >= 8 && row[1] == "00000000" && row[7] == "00000000" && leads_out(row[3])) return true;
  // destination length source length next-hop metric refcnt use flags device
  const std::string nowhere(32, '0');
  for (const auto& row : table_of(proc_net_ipv6_route))
    if (row.size() >= 10 && row[0] == nowhere && row[1] == "00" && row[9] != "lo" && leads_out(row[8]))
      return true;
  return false;
}

std::set<std::string> failed_units(std::string_view list) {
  std::set<std::string> units;
  for (const auto& row : table_of(list))
    if (!row.empty()) units.insert(row.front());
  return units;
}

std::string root_device(std::string_view mountinfo) {
  std::string numbers;
  // The last one lies on top of the others.
  for (const auto& row : table_of(mountinfo))
    if (row.size() >= 5 && row[4] == "/") numbers = row[2];
  return numbers;
}

std::string root_in_other_slot(Disk& disk, const std::vector<SlotPlace>& slots, const std::string& booted) {
  const Result<std::string> mounts = read_kernel_file(disk, "/proc/self/mountinfo", 1u << 20);
  const std::string root = mounts ? root_device(*mounts) : std::string();
  if (root.empty()) return {};
  std::set<std::string> devices;
  add_with_lower_devices(disk, root, stacked_devices_max, devices);
  std::string other;
  for (const SlotPlace& slot : slots) {
    if (!devices.contains(device_numbers(slot.device))) continue;
    if (slot.name == booted) return {};
    other = slot.name;
  }
  return other;
}

}  // namespace dunlin
