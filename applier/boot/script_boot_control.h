#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "core/base/process.h"

namespace dunlin {

// A boot loader that only a program of the device knows. `PROGRAM flags` prints a line for each slot and one
// for what boots next, and four verbs change something: unbootable SLOT, arm SLOT TRIES, confirm SLOT,
// refill SLOT. docs/boot-control.md has the contract; flags are read back after every change.
class ScriptBootControl final : public BootControl {
 public:
  // Boot names are what the program is given. `tries_max`: what it can count.
  ScriptBootControl(ProcessRunner& runner, std::string program, std::vector<BootSlot> slots, int tries_max)
      : runner_(runner), program_(std::move(program)), slots_(std::move(slots)), tries_max_(tries_max) {}

  std::string name() const override { return "script"; }
  int tries_max() const override { return tries_max_; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  Result<std::string> call(std::vector<std::string> words);
  Result<BootFlags> change(std::vector<std::string> words);

  ProcessRunner& runner_;
  std::string program_;
  std::vector<BootSlot> slots_;
  int tries_max_;
};

// What `PROGRAM flags` prints: "slot NAME enabled|off TRIES" for each slot and "next NAME" or "next -".
// Total; fails (device) when a slot is missing, twice or unknown, or a line is of another form.
Result<BootFlags> parse_script_flags(std::string_view text, const std::vector<BootSlot>& slots);
std::string to_text(const BootFlags& flags, const std::vector<BootSlot>& slots);

}  // namespace dunlin
