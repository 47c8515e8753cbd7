#pragma once
#include <memory>

#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "applier/boot/efi_variables.h"

namespace dunlin {

// UEFI's own boot manager: BootOrder, and BootNext for one try. Each variable changes in one step; a change
// of both is ordered so that what boots next changes once.
class EfiBootControl final : public BootControl {
 public:
  // Boot names are four hexadecimal digits, "0001" for Boot0001.
  EfiBootControl(std::unique_ptr<EfiVariables> variables, std::vector<BootSlot> slots)
      : variables_(std::move(variables)), slots_(std::move(slots)) {}

  std::string name() const override { return "efi"; }
  int tries_max() const override { return 1; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct State {
    std::vector<std::uint16_t> order;
    std::optional<std::uint16_t> next;
    bool operator==(const State&) const = default;
  };
  Result<State> load();
  Result<void> store_order(const State& state);
  Result<void> store_next(const State& state);
  Result<void> check_kept(const State& wanted);
  BootFlags flags_of(const State& state) const;
  std::uint16_t number_of(const std::string& slot) const;

  std::unique_ptr<EfiVariables> variables_;
  std::vector<BootSlot> slots_;
};

}  // namespace dunlin
