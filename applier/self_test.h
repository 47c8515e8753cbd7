#pragma once
#include <chrono>
#include <functional>

#include "applier/panic_records.h"
#include "applier/watchdog.h"
#include "core/base/disk.h"
#include "core/base/process.h"

namespace dunlin {

struct SelfTestSettings {
  std::string directory;              // missing or empty: no checks, which passes
  std::chrono::seconds deadline{60};  // of each check
  std::chrono::seconds watchdog_timeout{300};
  // Where the kernel's last words are kept over a reset.
  std::vector<std::string> panic_folders{"/sys/fs/pstore", "/var/lib/systemd/pstore"};
};

struct SelfTestVerdict {
  bool passed = false;
  std::string reason;  // "self-test 20-app failed with code 1: <its last words>"; empty when passed
};

// Runs the programs of a folder in the order of their names (hidden ones are left out), each with a deadline,
// until one does not exit 0. The watchdog runs meanwhile and is petted while a check is within its deadline,
// so a hung applier or kernel resets the machine. It is stopped after a pass; after a failure it keeps
// running until the reboot that must follow.
class SelfTest {
 public:
  SelfTest(Disk& disk, ProcessRunner& runner, Watchdog& watchdog, SelfTestSettings settings)
      : disk_(disk), runner_(runner), watchdog_(watchdog), settings_(std::move(settings)) {}

  // `slot` and `version` reach the checks as DUNLIN_SLOT and DUNLIN_VERSION. `breathe` is called about ten
  // times a second while a check runs. Blocks for at most the sum of the deadlines.
  SelfTestVerdict run(const std::string& slot, const std::string& version,
                      const std::function<void()>& breathe);

  bool watchdog_caused_last_reset() { return watchdog_.caused_last_reset(); }
  std::set<std::string> panics() { return panic_records(disk_, settings_.panic_folders); }

 private:
  SelfTestVerdict run_checks(const std::string& slot, const std::string& version,
                             const std::function<void()>& breathe);
  SelfTestVerdict run_check(const std::string& name, ProcessSpec spec);

  Disk& disk_;
  ProcessRunner& runner_;
  Watchdog& watchdog_;
  SelfTestSettings settings_;
};

}  // namespace dunlin
