#pragma once
#include <chrono>
#include <functional>

#include "applier/built_in_checks.h"
#include "applier/panic_records.h"
#include "applier/self_test_record.h"
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
  std::string record_directory{};  // what checks print is kept there (self_test_record.h); empty: nowhere
};

// What is judged: the slot that runs.
struct SelfTestSubject {
  std::string slot;
  std::string version;
  std::string record{};            // where next_record() said
  std::set<std::string> before{};  // what complaints() said before the update
};

struct SelfTestVerdict {
  bool passed = false;
  std::string reason;  // "self-test 20-app failed with code 1: <its last words>"; empty when passed
};

// Makes the built-in checks, then runs the programs of a folder in the order of their names (hidden ones are
// left out), each with a deadline, until one does not pass. The watchdog runs meanwhile and is petted while a
// check is within its deadline, so a hung applier or kernel resets the machine. It is stopped after a pass;
// after a failure it keeps running until the reboot that must follow.
class SelfTest {
 public:
  SelfTest(Disk& disk, ProcessRunner& runner, Watchdog& watchdog, BuiltInChecks& built_in,
           SelfTestSettings settings)
      : disk_(disk),
        runner_(runner),
        watchdog_(watchdog),
        built_in_(built_in),
        settings_(std::move(settings)) {}

  // Slot and version reach the checks as DUNLIN_SLOT and DUNLIN_VERSION. `breathe` is called about ten times
  // a second while a check runs. Blocks for at most the sum of the deadlines.
  SelfTestVerdict run(const SelfTestSubject& subject, const std::function<void()>& breathe);

  // Path of the file in which the next run shall keep what checks print; empty: nowhere.
  std::string next_record() { return SelfTestRecord::next_path(disk_, settings_.record_directory); }
  // What is wrong before an update, and so does not count against it. Blocks for some seconds at most.
  std::set<std::string> complaints(const std::string& booted) { return built_in_.all_complaints(booted); }
  bool watchdog_caused_last_reset() { return watchdog_.caused_last_reset(); }
  std::set<std::string> panics() { return panic_records(disk_, settings_.panic_folders); }

 private:
  SelfTestVerdict run_checks(const SelfTestSubject& subject, const std::function<void()>& breathe);
  SelfTestVerdict make_built_in(BuiltInCheck check, const SelfTestSubject& subject,
                                const std::function<void()>& meanwhile);
  SelfTestVerdict run_programs(const SelfTestSubject& subject, const std::function<void()>& meanwhile,
                               SelfTestRecord& record);
  SelfTestVerdict run_check(const std::string& name, ProcessSpec spec, SelfTestRecord& record);

  Disk& disk_;
  ProcessRunner& runner_;
  Watchdog& watchdog_;
  BuiltInChecks& built_in_;
  SelfTestSettings settings_;
};

}  // namespace dunlin
