#pragma once
#include "applier/boot/boot_scheme.h"

namespace dunlin {

// RAUC's variables for GRUB: ORDER, <NAME>_OK, <NAME>_TRY. The script sets TRY at every boot; one try.
class RaucGrubScheme final : public BootScheme {
 public:
  explicit RaucGrubScheme(std::vector<BootSlot> slots) : slots_(std::move(slots)) {}

  int tries_max() const override { return 1; }
  std::vector<std::string> own_variables() const override;
  Result<BootFlags> flags_of(const BootVariables& variables) const override;
  void mark_unbootable(BootVariables& variables, const std::string& slot) const override;
  void arm(BootVariables& variables, const std::string& slot, int tries) const override;
  void confirm(BootVariables& variables, const std::string& slot) const override;
  void refill(BootVariables& variables, const std::string& slot) const override;

 private:
  void set(BootVariables& variables, const std::string& slot, const char* ok) const;

  std::vector<BootSlot> slots_;
};

}  // namespace dunlin
