#include "applier/built_in_checks.h"

#include <algorithm>

#include "applier/system_sight.h"
#include "core/base/kernel_file.h"

namespace dunlin {

namespace {

constexpr std::chrono::seconds answer_limit{10};                          // of systemctl and dunlin-node
constexpr WallTime first_plausible{std::chrono::seconds{1'704'067'200}};  // 2024: older than any release
constexpr std::size_t route_table_size_max = 1u << 20;

std::string kernel_text(Disk& disk, const std::string& path) {
  return read_kernel_file(disk, path, route_table_size_max).value_or(std::string());
}

// A file of its own, written to the medium and taken away again.
Result<void> try_to_write(Disk& disk, const std::string& folder) {
  const std::string path = folder + "/.dunlin-trial";
  Result<std::unique_ptr<File>> file = disk.open(path, OpenMode::replace_private);
  if (!file) return fail(std::move(file.error()));
  Result<void> written = (*file)->write_at(0, as_bytes("dunlin"));
  if (written) written = (*file)->sync();
  Result<void> removed = disk.remove(path);
  return written ? removed : written;
}

}  // namespace

std::string_view to_string(BuiltInCheck check) {
  switch (check) {
    case BuiltInCheck::root:
      return "root";
    case BuiltInCheck::services:
      return "services";
    case BuiltInCheck::network:
      return "network";
    case BuiltInCheck::node:
      return "node";
    case BuiltInCheck::clock:
      return "clock";
    case BuiltInCheck::writable:
      return "writable";
  }
  return "root";
}

std::string names_of_built_in_checks() {
  std::string names;
  for (const BuiltInCheck check : built_in_checks)
    names += (names.empty() ? "" : ", ") + std::string(to_string(check));
  return names;
}

std::optional<BuiltInCheck> parse_built_in_check(std::string_view name) {
  for (const BuiltInCheck check : built_in_checks)
    if (to_string(check) == name) return check;
  return std::nullopt;
}

std::set<std::string> BuiltInChecks::complaints(BuiltInCheck check, const std::string& booted,
                                                const std::function<void()>& meanwhile) {
  switch (check) {
    case BuiltInCheck::root: {
      const std::string other = root_in_other_slot(disk_, slots_, booted);
      if (other.empty()) return {};
      return {"slot " + booted + " is booted, but the root file system is that of slot " + other};
    }
    case BuiltInCheck::services:
      return of_services(meanwhile);
    case BuiltInCheck::network:
      if (has_default_route(kernel_text(disk_, "/proc/net/route"),
                            kernel_text(disk_, "/proc/net/ipv6_route")))
        return {};
      return {"there is no default route"};
    case BuiltInCheck::node: {
      Result<ProcessOutcome> answer = ask({"dunlin-node", "status", "--json"}, meanwhile);
      if (answer && answer->succeeded()) return {};
      return {"dunlin-node does not answer"};
    }
    case BuiltInCheck::clock:
      if (clock_.now() >= first_plausible) return {};
      return {"the clock says it is before 2024"};
    case BuiltInCheck::writable:
      return of_folders();
  }
  return {};
}

std::set<std::string> BuiltInChecks::all_complaints(const std::string& booted) {
  std::set<std::string> all;
  for (const BuiltInCheck check : built_in_checks) all.merge(complaints(check, booted, {}));
  return all;
}

std::set<std::string> BuiltInChecks::of_services(const std::function<void()>& meanwhile) {
  Result<ProcessOutcome> state = ask({"systemctl", "is-system-running"}, meanwhile);
  if (!state) return {"systemctl cannot be asked: " + state.error().message};
  const std::string word = state->output.substr(0, state->output.find('\n'));
  if (word == "running") return {};
  if (word != "degraded") return {"systemd has not started the system"};
  Result<ProcessOutcome> list =
      ask({"systemctl", "list-units", "--state=failed", "--plain", "--no-legend", "--no-pager"}, meanwhile);
  if (!list) return {"systemctl cannot be asked: " + list.error().message};
  std::set<std::string> complaints;
  for (const std::string& unit : failed_units(list->output)) complaints.insert(unit + " failed");
  return complaints;
}

std::set<std::string> BuiltInChecks::of_folders() {
  std::set<std::string> complaints;
  for (const std::string& folder : settings_.writable_folders)
    if (!try_to_write(disk_, folder)) complaints.insert(folder + " cannot be written");
  return complaints;
}

Result<ProcessOutcome> BuiltInChecks::ask(std::vector<std::string> argv,
                                          const std::function<void()>& meanwhile) {
  ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.deadline = answer_limit;
  spec.while_running = meanwhile;
  return runner_.run(spec);
}

}  // namespace dunlin
