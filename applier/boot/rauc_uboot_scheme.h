#pragma once
#include "applier/boot/boot_scheme.h"

namespace dunlin {

// RAUC's variables for U-Boot: BOOT_ORDER, BOOT_<NAME>_LEFT (hexadecimal without 0x). The script takes one
// from the counter at every boot.
class RaucUbootScheme final : public BootScheme {
 public:
  // Boot scripts read the counter as decimal or as hexadecimal: `tries` is 1 to 9.
  RaucUbootScheme(std::vector<BootSlot> slots, int tries) : slots_(std::move(slots)), tries_(tries) {}

  int tries_max() const override { return 9; }
  std::vector<std::string> own_variables() const override;
  Result<BootFlags> flags_of(const BootVariables& variables) const override;
  void mark_unbootable(BootVariables& variables, const std::string& slot) const override;
  void arm(BootVariables& variables, const std::string& slot, int tries) const override;
  void confirm(BootVariables& variables, const std::string& slot) const override;
  void refill(BootVariables& variables, const std::string& slot) const override;

 private:
  std::vector<BootSlot> slots_;
  int tries_;
};

}  // namespace dunlin
