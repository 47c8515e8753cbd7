#include "applier/applier.h"

#include <cstdlib>

#include "applier/examination.h"
#include "applier/floor.h"
#include "core/base/log.h"
#include "core/trust/version.h"

namespace dunlin {

Applier::Applier(const ApplierConfig& config, ApplierMachine machine, StateFile& state, const Slots& slots)
    : config_(config),
      machine_(machine),
      state_(state),
      slots_(slots),
      built_in_checks_(machine.disk, machine.clock, machine.runner, slots.places(), config.built_in_checks),
      self_test_(machine.disk, machine.runner, machine.watchdog, built_in_checks_, config.self_test),
      trial_(state, machine.boot, self_test_, machine.runner, {config.boot.tries, config.reboot_command}),
      installer_(machine.disk, slots, machine.boot, state, trial_, machine.mounter, config.boot_files),
      gate_(machine.disk, machine.clock, config.state_dir + "/metadata", config.root_metadata,
            config.max_staleness) {}

void Applier::resume(const std::function<void()>& breathe) {
  if (!slots_.booted()) {
    log_error("nobody knows which slot is booted; installs are refused",
              {{"file", config_.command_line_file}});
    return;
  }
  Result<void> resumed = trial_.resume(*slots_.booted(), breathe);
  if (!resumed) log_error("going on after the start failed", {{"error", resumed.error()}});
}

std::string Applier::problem() {
  Result<std::string> spare = slots_.spare();
  if (!spare) return spare.error().message;
  Result<void> present = slots_.check();
  if (!present) return present.error().message;
  Result<BootFlags> flags = machine_.boot.read();
  if (!flags) return flags.error().message;
  Result<void> root = gate_.check();
  if (!root) return root.error().message;
  return {};
}

std::string Applier::slot_state(const std::string& slot, const Result<BootFlags>& flags) const {
  if (!flags) return "unknown";
  if (!flags->of(slot).enabled) return "unbootable";
  const TrialRecord& trial = state_.now().trial;
  const bool open = trial.phase != TrialPhase::idle && trial.phase != TrialPhase::confirmed &&
                    trial.phase != TrialPhase::fell_back;
  return open && trial.install.slot == slot ? "trial" : "confirmed";
}

SlotReport Applier::report(const SlotPlace& place, const Result<BootFlags>& flags) {
  SlotReport report;
  report.name = place.name;
  report.booted = slots_.booted() == place.name;
  report.state = slot_state(place.name, flags);
  const auto record = state_.now().slots.find(place.name);
  if (record != state_.now().slots.end() && record->second.complete) {
    report.version = record->second.image.version;
    report.image_id = record->second.image.image_id;
    report.image_size = record->second.image.size;
  }
  Result<std::uint64_t> capacity = slots_.capacity(place.name);
  if (capacity) report.capacity = *capacity;
  return report;
}

std::optional<TrialReport> Applier::trial_report() const {
  const TrialRecord& trial = state_.now().trial;
  const std::string& version = trial.install.image.version;
  switch (trial.phase) {
    case TrialPhase::idle:
    case TrialPhase::arming:
    case TrialPhase::armed:
      return std::nullopt;
    case TrialPhase::running:
    case TrialPhase::passed:
      return TrialReport{version, "running", "", trial.record};
    case TrialPhase::confirmed:
      return TrialReport{version, "confirmed", "", trial.record};
    case TrialPhase::failed:
    case TrialPhase::fell_back:
      return TrialReport{version, "failed", trial.reason, trial.record};
  }
  return std::nullopt;
}

ApplierStatus Applier::status() {
  ApplierStatus status;
  status.product = config_.product;
  status.hardware = config_.hardware;
  status.version_floor = state_.now().version_floor;
  const Result<BootFlags> flags = machine_.boot.read();
  for (const SlotPlace& place : slots_.places()) status.slots.push_back(report(place, flags));
  status.trial = trial_report();
  status.install = installer_.phase();
  status.boot_control = machine_.boot.name();
  status.problem = problem();
  return status;
}

SlotSight Applier::sight_of(const SlotPlace& place, const Result<BootFlags>& flags) {
  SlotSight sight;
  sight.device = place.device;
  sight.report = report(place, flags);
  Result<void> present = slots_.check(place);
  if (!present) sight.error = present.error().message;
  if (sight.report.booted || !slots_.booted() || !present) return sight;
  Result<void> free = slots_.check_unused(place.name);
  sight.in_use = !free;
  if (!free) sight.in_use_reason = free.error().message;
  return sight;
}

std::vector<Finding> Applier::examine() {
  const char* search_path = std::getenv("PATH");
  DeviceSight sight =
      look_at_device(machine_.disk, config_, search_path ? search_path : "/usr/sbin:/usr/bin:/sbin:/bin");
  const Result<BootFlags> flags = machine_.boot.read();
  sight.booted = slots_.booted();
  for (const SlotPlace& place : slots_.places()) sight.slots.push_back(sight_of(place, flags));
  sight.boot_control = machine_.boot.name();
  sight.tries_max = machine_.boot.tries_max();
  sight.tries = std::min(config_.boot.tries, sight.tries_max);
  if (flags) sight.flags = *flags;
  if (!flags) sight.flags_error = flags.error().message;
  sight.install = installer_.phase();
  sight.trial = trial_report();
  const Result<void> root = gate_.check();
  if (!root) sight.trust_error = root.error().message;
  return dunlin::examine(sight);
}

Result<std::unique_ptr<File>> Applier::open_booted_slot() {
  return slots_.open_booted();
}

Result<std::unique_ptr<File>> Applier::open_slot(const std::string& name) {
  const auto is_wanted = [&](const SlotPlace& place) { return place.name == name; };
  if (std::none_of(slots_.places().begin(), slots_.places().end(), is_wanted))
    return fail(ErrorKind::usage, "\"" + name + "\" is not a configured slot");
  const std::string state = slot_state(name, machine_.boot.read());
  if (state != "confirmed")
    return fail(ErrorKind::usage, "slot " + name + " is " + state + ": only confirmed slots are opened");
  return slots_.open_for_reading(name);
}

Result<std::unique_ptr<File>> Applier::open_self_tests(std::uint64_t back) {
  const std::string path = SelfTestRecord::path_of(machine_.disk, config_.self_test.record_directory,
                                                   static_cast<std::size_t>(back));
  if (path.empty())
    return fail(ErrorKind::usage, "no self-tests ran on this device" +
                                      std::string(back == 0 ? "" : " before the last ones") +
                                      ", or what they printed is not kept any more");
  return machine_.disk.open(path, OpenMode::read);
}

DeviceFacts Applier::facts(std::uint64_t spare_capacity) const {
  DeviceFacts facts{config_.product, config_.hardware, state_.now().version_floor, "", spare_capacity};
  const auto booted = state_.now().slots.find(slots_.booted().value_or(""));
  if (booted != state_.now().slots.end()) facts.booted_version = booted->second.image.version;
  return facts;
}

Result<SpareSlot> Applier::begin_install(const InstallRequest& request) {
  const std::string wrong = problem();
  if (!wrong.empty()) return fail(ErrorKind::device, "no install can start: " + wrong);
  Result<std::string> spare = slots_.spare();
  if (!spare) return fail(std::move(spare.error()));
  Result<std::uint64_t> capacity = slots_.capacity(*spare);
  if (!capacity) return fail(std::move(capacity.error()));
  Result<AdmittedImage> admitted = gate_.admit(request, facts(*capacity));
  if (!admitted) return fail(std::move(admitted.error()));
  return installer_.begin(*admitted, request.force);
}

Result<void> Applier::commit_install(const ReadBackProgress& on_progress) {
  return installer_.commit(on_progress);
}

Result<void> Applier::abort_install() {
  return installer_.abort();
}

Result<void> Applier::confirm() {
  return trial_.confirm_by_hand();
}

Result<void> Applier::rollback() {
  if (trial_.is_running()) return trial_.fail_by_hand();
  Result<std::string> other = slots_.spare();
  if (!other) return fail(std::move(other.error()));
  return roll_back_to(*other);
}

Result<void> Applier::roll_back_to(const std::string& slot) {
  Result<BootFlags> flags = machine_.boot.read();
  if (!flags) return fail(std::move(flags.error()));
  if (!flags->of(slot).enabled || slot_state(slot, flags) != "confirmed")
    return fail(ErrorKind::usage, "slot " + slot + " holds nothing to go back to");
  const std::string version = state_.now().version_in(slot);
  const std::string& floor = state_.now().version_floor;
  if (is_below_floor(version, floor))
    return fail(ErrorKind::usage, (version.empty() ? "the unknown version" : "version " + version) +
                                      " in slot " + slot + " is below the floor " + floor +
                                      " that a confirmed release set");
  return machine_.boot.confirm(slot);
}

Result<void> Applier::reboot() {
  return trial_.reboot();
}

Result<Digest> Applier::record_slot(const std::string& slot, const std::string& version, std::uint64_t size) {
  const auto known = [&](const SlotPlace& place) { return place.name == slot; };
  if (std::none_of(slots_.places().begin(), slots_.places().end(), known))
    return fail(ErrorKind::usage, "\"" + slot + "\" is not a configured slot");
  Result<void> valid = check_version(version);
  if (!valid) return fail(std::move(valid.error()));
  Result<std::unique_ptr<File>> file = machine_.disk.open(slots_.device(slot), OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<Digest> digest = read_back(**file, size, {});
  if (!digest) return digest;
  ApplierState next = state_.now();
  next.slots[slot] = {{*digest, version, size}, true};
  Result<void> kept = state_.change(std::move(next));
  if (!kept) return fail(std::move(kept.error()));
  return digest;
}

}  // namespace dunlin
