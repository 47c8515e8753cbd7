#include "applier/installer.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

// The trial is ahead of the next reboot; so is the boot that only has to confirm what passed already.
bool is_staged(const ApplierState& state, const std::optional<std::string>& booted) {
  const TrialPhase phase = state.trial.phase;
  if (phase == TrialPhase::arming || phase == TrialPhase::armed) return true;
  return phase == TrialPhase::passed && booted != state.trial.install.slot;
}

}  // namespace

std::string Installer::phase() const {
  if (is_staged(state_.now(), slots_.booted())) return "staged";
  return state_.now().install ? "writing" : "none";
}

Result<SpareSlot> Installer::begin(const AdmittedImage& admitted, bool force) {
  if (trial_.is_unfinished())
    return fail(ErrorKind::retry_later, "a trial is not finished: wait for its verdict and the reboot");
  if (state_.now().has_failed(admitted.image.image_id) && !force)
    return fail(ErrorKind::usage, "version " + admitted.image.version +
                                      " failed its trial on this device before; it is installed again only "
                                      "when forced");
  Result<std::string> slot = slots_.spare();
  if (!slot) return fail(std::move(slot.error()));
  Result<std::uint64_t> capacity = slots_.capacity(*slot);
  if (!capacity) return fail(std::move(capacity.error()));
  if (*capacity < admitted.image.size)
    return fail(ErrorKind::usage, "slot " + *slot + " has " + std::to_string(*capacity) +
                                      " bytes, the image needs " + std::to_string(admitted.image.size));
  Result<void> disarmed = trial_.disarm();
  if (!disarmed) return fail(std::move(disarmed.error()));
  const InstallRecord install{*slot, admitted.image, admitted.version_floor};
  Result<void> remembered = remember_writing(install);
  if (!remembered) return fail(std::move(remembered.error()));
  Result<void> marked = make_unbootable(*slot);
  if (!marked) return fail(std::move(marked.error()));
  Result<std::unique_ptr<File>> file = slots_.open_spare_for_writing();
  if (!file) return fail(std::move(file.error()));
  log_info("slot handed over", {{"slot", *slot}, {"version", admitted.image.version}});
  return SpareSlot{*slot, std::move(*file), admitted.image.size};
}

Result<void> Installer::remember_writing(const InstallRecord& install) {
  ApplierState next = state_.now();
  next.install = install;
  next.slots[install.slot] = {install.image, false};
  return state_.change(std::move(next));
}

Result<void> Installer::make_unbootable(const std::string& slot) {
  Result<BootFlags> flags = boot_.read();
  if (!flags) return fail(std::move(flags.error()));
  if (!flags->of(slot).enabled) return {};
  Result<void> marked = boot_.mark_unbootable(slot);
  if (!marked) return fail(std::move(marked.error()), "marking slot " + slot + " unbootable");
  return {};
}

Result<void> Installer::commit(const ReadBackProgress& on_progress) {
  if (is_staged(state_.now(), slots_.booted())) return {};
  if (!state_.now().install) return fail(ErrorKind::usage, "no install is under way");
  const InstallRecord install = *state_.now().install;
  Result<std::string> spare = slots_.spare();
  if (!spare) return fail(std::move(spare.error()));
  if (*spare != install.slot)
    return fail(ErrorKind::usage, "slot " + install.slot + " is booted now: begin the install again");
  Result<void> marked = make_unbootable(install.slot);
  if (!marked) return marked;
  Result<void> verified = verify(install, on_progress);
  if (!verified) return verified;
  Result<void> copied = copy_files(install.slot);
  if (!copied) return copied;
  ApplierState next = state_.now();
  next.slots[install.slot].complete = true;
  Result<void> kept = state_.change(std::move(next));
  if (!kept) return kept;
  return trial_.arm(*slots_.booted(), install);
}

Result<void> Installer::verify(const InstallRecord& install, const ReadBackProgress& on_progress) {
  Result<std::unique_ptr<File>> file = slots_.open_spare_for_reading();
  if (!file) return fail(std::move(file.error()));
  // From here on what was verified cannot be changed through the descriptor that was handed out.
  Result<void> sealed = seal(**file);
  if (!sealed) return sealed;
  Result<Digest> digest = read_back(**file, install.image.size, on_progress);
  if (!digest) return fail(std::move(digest.error()), "reading slot " + install.slot + " back");
  if (*digest == install.image.image_id) return {};
  return fail(ErrorKind::device,
              "slot " + install.slot + " holds other bytes than the signed image: SHA-256 " + digest->hex() +
                  " instead of " + install.image.image_id.hex() + "; it stays unbootable, install it again");
}

Result<void> Installer::copy_files(const std::string& slot) {
  if (boot_files_.files.empty()) return {};
  Result<std::unique_ptr<RootFiles>> root = mounter_.mount(slots_.device(slot));
  if (!root) return fail(std::move(root.error()));
  return copy_boot_files(disk_, boot_files_, slot, **root);
}

Result<void> Installer::abort() {
  if (trial_.is_running())
    return fail(ErrorKind::usage, "the booted slot is on trial: confirm it or roll it back");
  Result<void> disarmed = trial_.disarm();
  if (!disarmed) return disarmed;
  ApplierState next = state_.now();
  next.install.reset();
  return state_.change(std::move(next));
}

}  // namespace dunlin
