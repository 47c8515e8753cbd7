#include "tests/crash/crash_device.h"

#include "core/base/check.h"
#include "tests/crash/crash_operator.h"
#include "tests/crash/releases.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_process_runner.h"
#include "tests/fakes/fake_watchdog.h"

namespace dunlin {

namespace {

constexpr std::size_t slot_size = 32'768;

ApplierConfig make_config() {
  ApplierConfig config;
  config.state_dir = "/state";
  config.root_metadata = "/etc/root.json";
  config.product = "edge";
  config.hardware = "pc";
  config.reboot_command = {"reboot"};
  config.slots = {{"a", "/slot-a"}, {"b", "/slot-b"}};
  config.boot_files = {"/boot", {{"/boot/vmlinuz", "vmlinuz"}}};
  config.self_test.directory = "/tests";
  return config;
}

const ApplierConfig& config() {
  static const ApplierConfig config = make_config();
  return config;
}

// Junk everywhere: with zeros, bytes that were lost would look like an image's own.
void fill_slots(FakeDisk& disk) {
  Bytes content(slot_size);
  SeededRandom(99).fill(content);
  disk.put("/slot-b", content);
  std::copy(image_of("1").begin(), image_of("1").end(), content.begin());
  disk.put("/slot-a", content);
}

}  // namespace

CrashDevice::CrashDevice(const CrashRig& rig, const Story& story, std::unique_ptr<FakeDisk> disk)
    : rig_(&rig), story_(&story), disk_(std::move(disk)), firmware_(rig.boot.firmware()) {}

CrashDevice::CrashDevice(const CrashRig& rig, const Story& story)
    : CrashDevice(rig, story, std::make_unique<FakeDisk>()) {
  fill_slots(*disk_);
  disk_->put("/boot/a-vmlinuz", kernel_of("1"));
  disk_->put("/etc/root.json", root_metadata());
  disk_->put("/tests/10-app", "");
  disk_->put("/node/keep", "");
  disk_->put("/state/keep", "");
  rig.boot.flash(*disk_);
  // What a factory does after it filled one slot.
  CHECK(rig.boot.control(*disk_)->mark_unbootable("b").has_value());
  disk_->sync_all();
}

CrashDevice CrashDevice::copy() const {
  CrashDevice device(*rig_, *story_, disk_->clone());
  device.steps_done_ = steps_done_;
  return device;
}

CrashDevice CrashDevice::revived(const Fate& fate) const {
  CrashDevice device = copy();
  device.disk_->restart(fate);
  device.firmware_->lose_power(*device.disk_);
  return device;
}

std::string CrashDevice::boot() {
  return firmware_->boot(*disk_);
}

void CrashDevice::live_in(const std::string& slot) {
  settled_ = false;
  complaint_.clear();
  if (story_->version2 == Story::Version2::never_starts && version_in(*disk_, "/slot-" + slot) == "2") return;
  const std::unique_ptr<Disk> layer = rig_->layer ? rig_->layer(*disk_) : nullptr;
  Disk& disk = layer ? *layer : *disk_;
  Result<StateFile> state = StateFile::open(disk, "/state/state.json");
  if (!state) return;
  const std::unique_ptr<BootControl> boot = rig_->boot.control(disk);
  FakeClock clock(signing_time());
  FakeWatchdog watchdog;
  ReleaseMounter mounter(*disk_);
  FakeProcessRunner runner;
  runner.add("reboot", 0);
  runner.add("/tests/10-app", story_->version2 == Story::Version2::fails_its_test ? 1 : 0);
  const Slots slots(disk, config().slots, slot);
  Applier applier(config(), {disk, clock, runner, *boot, watchdog, mounter}, *state, slots);
  applier.resume({});
  CrashOperator person(*story_, steps_done_, *disk_, disk, applier, slot);
  if (!disk_->is_off() && runner.times("reboot") == 0) settled_ = person.carry_on();
  steps_done_ = person.steps_done();
  if (disk_->is_off()) return;
  complaint_ = person.complaint();
  // An orderly shutdown writes back what is left.
  if (runner.times("reboot") > 0) disk_->sync_all();
}

bool CrashDevice::run_until_cut() {
  for (int boots = 0; boots < story_boots_max && !disk_->is_off(); ++boots) {
    const std::string slot = boot();
    if (!disk_->is_off()) live_in(slot);
    if (settled_) break;
  }
  return disk_->is_off();
}

std::string CrashDevice::complete_version(const std::string& slot) const {
  const std::string version = version_in(*disk_, "/slot-" + slot);
  if (version.empty() || disk_->get_text("/boot/" + slot + "-vmlinuz") != kernel_of(version)) return "";
  return version;
}

std::uint64_t CrashDevice::mark() const {
  return disk_->fingerprint() + 0x9E3779B97F4A7C15u * (steps_done_ + 1);
}

}  // namespace dunlin
