#pragma once
#include "applier/applier_config.h"
#include "applier/device_sight.h"
#include "applier/installer.h"
#include "applier/release_gate.h"

namespace dunlin {

// The outside world as the applier uses it; chosen in main.cc.
struct ApplierMachine {
  Disk& disk;
  const Clock& clock;
  ProcessRunner& runner;
  BootControl& boot;
  Watchdog& watchdog;
  RootMounter& mounter;
};

// Everything the socket can ask for, on one thread. Long operations call the callback they are given, so that
// the caller can answer others meanwhile; only status(), examine() and the calls that open something for
// reading may be called from inside one.
class Applier {
 public:
  Applier(const ApplierConfig& config, ApplierMachine machine, StateFile& state, const Slots& slots);

  // Once, at start: goes on with a trial, refills tries. A failure is kept and reported by status().
  void resume(const std::function<void()>& breathe);

  ApplierStatus status();
  // What is right and wrong with the device, for a person; changes nothing.
  std::vector<Finding> examine();
  Result<std::unique_ptr<File>> open_booted_slot();
  // A confirmed slot, read only. usage: not a slot, or not confirmed.
  Result<std::unique_ptr<File>> open_slot(const std::string& name);
  // What the self-tests printed, `back` runs before the newest, read only. usage: nothing is kept of such a
  // run.
  Result<std::unique_ptr<File>> open_self_tests(std::uint64_t back);
  Result<SpareSlot> begin_install(const InstallRequest& request);
  // The slot that an install writes.
  Result<std::unique_ptr<File>> open_spare_for_reading() { return slots_.open_spare_for_reading(); }
  Result<void> commit_install(const ReadBackProgress& on_progress);
  Result<void> abort_install();
  Result<void> confirm();
  Result<void> rollback();
  Result<void> reboot();

  // Why no install may start: slot unknown, flags unreadable, root metadata damaged. Empty when nothing.
  std::string problem();

  // Notes that a slot holds an image, by reading its first `size` bytes: how a factory tells the applier what
  // it wrote. Returns the image's SHA-256.
  Result<Digest> record_slot(const std::string& slot, const std::string& version, std::uint64_t size);

 private:
  SlotReport report(const SlotPlace& place, const Result<BootFlags>& flags);
  SlotSight sight_of(const SlotPlace& place, const Result<BootFlags>& flags);
  std::string slot_state(const std::string& slot, const Result<BootFlags>& flags) const;
  std::optional<TrialReport> trial_report() const;
  DeviceFacts facts(std::uint64_t spare_capacity) const;
  Result<void> roll_back_to(const std::string& slot);

  const ApplierConfig& config_;
  ApplierMachine machine_;
  StateFile& state_;
  const Slots& slots_;
  BuiltInChecks built_in_checks_;
  SelfTest self_test_;
  Trial trial_;
  Installer installer_;
  ReleaseGate gate_;
};

}  // namespace dunlin
