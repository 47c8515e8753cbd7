#pragma once
#include "applier/boot/autoboot_text.h"
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "core/base/disk.h"

namespace dunlin {

// The Raspberry Pi's tryboot. Which partition is tried stands in autoboot.txt; that it is tried at the next
// restart is a parameter of the restart, which the service manager takes from a file in memory: a power cut
// before the restart takes the trial back. For exactly two slots.
class TrybootControl final : public BootControl {
 public:
  // Boot names are partition numbers. `reboot_parameter`: /run/systemd/reboot-param.
  TrybootControl(Disk& disk, std::string autoboot, std::string reboot_parameter,
                 std::vector<BootSlot> two_slots);

  std::string name() const override { return "tryboot"; }
  int tries_max() const override { return 1; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct State {
    std::size_t current = 0;  // index of the slot
    bool other_enabled = false;
    bool armed = false;
  };
  Result<State> load();
  BootFlags flags_of(const State& state) const;
  Result<std::string> load_text();
  Result<void> store(const State& state);
  Result<void> store_autoboot(const State& state);
  Result<void> store_parameter(bool armed);
  Result<bool> is_parameter_set();
  std::size_t index_of(const std::string& slot) const { return slots_[0].name == slot ? 0 : 1; }
  int partition_of(std::size_t index) const { return std::stoi(slots_[index].boot_name); }

  Disk& disk_;
  std::string path_;
  std::string parameter_path_;
  std::vector<BootSlot> slots_;
};

}  // namespace dunlin
