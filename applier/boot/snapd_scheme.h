#pragma once
#include "applier/boot/boot_scheme.h"

namespace dunlin {

// What snapd and the boot scripts of Ubuntu Core agree on: a mode that is "", "try" or "trying", and two
// variables with what to boot and what to try. 20: `kernel_status` with the kernel; 16 (and 18): `snap_mode`
// with the kernel and the core, which here always name the same slot.
enum class SnapdEdition { core_16, core_20 };

// For exactly two slots. The slot that is not booted is enabled while the try variable names it.
class SnapdScheme final : public BootScheme {
 public:
  SnapdScheme(SnapdEdition edition, std::vector<BootSlot> two_slots);

  int tries_max() const override { return 1; }
  std::vector<std::string> own_variables() const override;
  Result<BootFlags> flags_of(const BootVariables& variables) const override;
  void mark_unbootable(BootVariables& variables, const std::string& slot) const override;
  void arm(BootVariables& variables, const std::string& slot, int tries) const override;
  void confirm(BootVariables& variables, const std::string& slot) const override;
  void refill(BootVariables& variables, const std::string& slot) const override;

 private:
  struct State {
    std::size_t current = 0;  // index of the slot
    bool other_enabled = false;
    std::string mode;
  };
  Result<State> parse(const BootVariables& variables) const;
  State parsed(const BootVariables& variables) const;
  void write(BootVariables& variables, const State& state) const;
  std::size_t index_of(const std::string& slot) const { return slots_[0].name == slot ? 0 : 1; }

  std::string mode_name_;
  std::vector<std::string> what_;  // "kernel", and for 16 "core"
  std::vector<BootSlot> slots_;
};

}  // namespace dunlin
