#pragma once
#include "applier/boot/boot_scheme.h"

namespace dunlin {

// Our own variables; packaging/boot/ has the boot scripts. Nothing is counted or written on normal boots.
//   dunlin_slot   the slot that is booted
//   dunlin_try    the slot on trial, booted while dunlin_tries is not 0; each such boot takes one
//   dunlin_tries  boots left for it
//   dunlin_off    slots that are never booted, not even when the files of all others are missing
class DunlinScheme final : public BootScheme {
 public:
  DunlinScheme(std::vector<BootSlot> slots, int tries_max)
      : slots_(std::move(slots)), tries_max_(tries_max) {}

  int tries_max() const override { return tries_max_; }
  std::vector<std::string> own_variables() const override;
  Result<BootFlags> flags_of(const BootVariables& variables) const override;
  void mark_unbootable(BootVariables& variables, const std::string& slot) const override;
  void arm(BootVariables& variables, const std::string& slot, int tries) const override;
  void confirm(BootVariables& variables, const std::string& slot) const override;
  void refill(BootVariables& variables, const std::string& slot) const override;

 private:
  struct State {
    std::string slot;   // boot names
    std::string trial;  // may be empty
    int tries = 0;
    std::vector<std::string> off;
  };
  Result<State> parse(const BootVariables& variables) const;
  State parsed(const BootVariables& variables) const;
  std::string another(const State& state, const std::string& name) const;
  bool knows(const std::string& name) const;
  static void write(BootVariables& variables, const State& state);

  std::vector<BootSlot> slots_;
  int tries_max_;
};

}  // namespace dunlin
