#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "applier/boot/boot_variables.h"

namespace dunlin {

// What a boot script's variables mean, whatever keeps them. The changes mean what BootControl says of them;
// all of it is pure.
class BootScheme {
 public:
  virtual ~BootScheme() = default;

  virtual int tries_max() const = 0;
  // The variables that this scheme writes.
  virtual std::vector<std::string> own_variables() const = 0;
  // Fails (device) when the variables make no sense to the script; then nobody knows what would boot.
  virtual Result<BootFlags> flags_of(const BootVariables& variables) const = 0;

  // Called only after flags_of() succeeded. mark_unbootable(): only when another slot is enabled.
  virtual void mark_unbootable(BootVariables& variables, const std::string& slot) const = 0;
  virtual void arm(BootVariables& variables, const std::string& slot, int tries) const = 0;
  virtual void confirm(BootVariables& variables, const std::string& slot) const = 0;
  virtual void refill(BootVariables& variables, const std::string& slot) const = 0;
};

}  // namespace dunlin
