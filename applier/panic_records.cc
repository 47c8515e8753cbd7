#include "applier/panic_records.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dunlin {

namespace {

// They are kept in the state file.
constexpr std::size_t records_max = 256;

bool is_of_a_panic(std::string_view name) {
  constexpr std::array<std::string_view, 3> others{"console-", "pmsg-", "ftrace-"};
  return std::none_of(others.begin(), others.end(),
                      [&](std::string_view other) { return name.starts_with(other); });
}

}  // namespace

std::set<std::string> panic_records(Disk& disk, const std::vector<std::string>& folders) {
  std::set<std::string> records;
  for (const std::string& folder : folders) {
    const Result<std::vector<std::string>> names = disk.list(folder);
    if (!names) continue;
    std::size_t count = 0;
    for (auto name = names->rbegin(); name != names->rend() && count < records_max; ++name) {
      if (!is_of_a_panic(*name)) continue;
      records.insert(folder + "/" + *name);
      ++count;
    }
  }
  return records;
}

}  // namespace dunlin
