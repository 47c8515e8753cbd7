#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <set>

#include "applier/slot.h"
#include "core/base/clock.h"
#include "core/base/process.h"

namespace dunlin {

// What a release is asked for in its trial beside the programs of the self-test folder.
enum class BuiltInCheck {
  root,      // the root file system is not that of another slot
  services,  // systemd has started, and no more of its units failed than before the update
  network,   // there is a default route, unless there was none before
  node,      // dunlin-node answers: without it this would be the last update
  clock,     // it is after 2024, unless it was not before
  writable,  // the folders of `writable_folders` can be written, those that could be before
};
inline constexpr std::array built_in_checks{BuiltInCheck::root,    BuiltInCheck::services,
                                            BuiltInCheck::network, BuiltInCheck::node,
                                            BuiltInCheck::clock,   BuiltInCheck::writable};
std::string_view to_string(BuiltInCheck check);
// All of them: "root, services, ...".
std::string names_of_built_in_checks();
std::optional<BuiltInCheck> parse_built_in_check(std::string_view name);

struct BuiltInSettings {
  std::set<BuiltInCheck> checks{BuiltInCheck::root};
  std::chrono::seconds deadline{300};         // for each of them: a device takes its time to start
  std::vector<std::string> writable_folders;  // of `writable`
};

// Looks at the running system. Every check names what is wrong in the same words each time, so that a trial
// can be compared with what was wrong before the update.
class BuiltInChecks {
 public:
  BuiltInChecks(Disk& disk, const Clock& clock, ProcessRunner& runner, std::vector<SlotPlace> slots,
                BuiltInSettings settings)
      : disk_(disk),
        clock_(clock),
        runner_(runner),
        slots_(std::move(slots)),
        settings_(std::move(settings)) {}

  const BuiltInSettings& settings() const { return settings_; }
  // What is wrong at this moment, a sentence each; empty: nothing. May run a program for some seconds;
  // `meanwhile` is called about ten times a second then, and may be empty.
  std::set<std::string> complaints(BuiltInCheck check, const std::string& booted,
                                   const std::function<void()>& meanwhile);
  // Of all checks, wanted or not: a release may ask for more of them than the one before.
  std::set<std::string> all_complaints(const std::string& booted);

 private:
  std::set<std::string> of_services(const std::function<void()>& meanwhile);
  std::set<std::string> of_folders();
  Result<ProcessOutcome> ask(std::vector<std::string> argv, const std::function<void()>& meanwhile);

  Disk& disk_;
  const Clock& clock_;
  ProcessRunner& runner_;
  std::vector<SlotPlace> slots_;
  BuiltInSettings settings_;
};

}  // namespace dunlin
