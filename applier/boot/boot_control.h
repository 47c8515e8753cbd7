#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

// What the boot loader's variables say about one slot.
struct SlotFlags {
  std::string slot;      // configured name, "a"
  bool enabled = false;  // named as a slot to boot from; false after mark_unbootable
  int tries_left = 0;    // boots the firmware still grants without another change; 0 although enabled: all
                         // used up, or the scheme counts only an armed slot and this one is not armed
  bool bootable() const { return enabled && tries_left > 0; }
};

struct BootFlags {
  std::vector<SlotFlags> slots;  // in configured order
  std::string next;              // slot the firmware would pick now; empty when it would pick none
  std::string damage = {};       // which copy is damaged while its good twin counts; empty when none is

  // The flags of a slot; one that is not configured is not enabled.
  SlotFlags of(const std::string& slot) const;
  // Another slot is enabled.
  bool has_other_than(const std::string& slot) const;
};

// Fails (usage) when no other slot is enabled: a device that boots nothing is worse than one that boots a bad
// release.
Result<void> check_another_is_enabled(const BootFlags& flags, const std::string& slot);

// The boot loader's variables. They are the only truth about what boots next. Each change is one atomic step
// on the medium, synced and read back before it returns; a failed change left the old variables or the new
// ones, whole. Slots are named as configured. One thread at a time.
class BootControl {
 public:
  virtual ~BootControl() = default;

  // "uboot", "grub", "gpt", ...
  virtual std::string name() const = 0;

  // Largest number of tries the scheme can count for one slot (GRUB: 1).
  virtual int tries_max() const = 0;

  // Fails (device) when the variables cannot be read with certainty; then no install may start.
  virtual Result<BootFlags> read() = 0;

  // From the next boot on the firmware never picks this slot, not even when all others have used up their
  // tries. The running system is not affected. Fails (usage) when no other slot is enabled: a device that
  // boots nothing is worse than one that boots a bad release.
  virtual Result<void> mark_unbootable(const std::string& slot) = 0;

  // From the next boot on the firmware picks this slot, at most `tries` times (1..tries_max()), and then the
  // others as before; what they may do is unchanged, so refill() the booted one first.
  virtual Result<void> arm(const std::string& slot, int tries) = 0;

  // This slot is good: from the next boot on it is picked first, with its full tries. What the others may do
  // is unchanged.
  virtual Result<void> confirm(const std::string& slot) = 0;

  // Gives a good slot its full tries again without changing the order. Called early in every boot, because
  // each boot uses one up. Writes nothing when nothing is missing.
  virtual Result<void> refill(const std::string& slot) = 0;
};

}  // namespace dunlin
