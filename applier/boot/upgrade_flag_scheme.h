#pragma once
#include <algorithm>

#include "applier/boot/boot_scheme.h"

namespace dunlin {

// How Mender and balena name the same three variables: which partition, is it on trial, boots counted so far.
struct UpgradeFlagDialect {
  std::string part;              // "mender_boot_part", "resin_root_part": a slot's boot name
  std::string part_hexadecimal;  // the same number for U-Boot, which counts in hexadecimal; may be empty
  std::string limit_variable;    // when it is set, more boots than this fall back; may be empty
  std::string canary_wanted;     // when this is "1", `canary` must be "1" too; may be empty
  std::string canary;            // set by the boot loader once it could save its environment
  int limit = 1;                 // boots that a slot on trial gets, unless limit_variable says otherwise
  bool limit_always = false;     // a count above the limit falls back even when no upgrade is available
};

UpgradeFlagDialect mender_uboot_dialect();
UpgradeFlagDialect mender_grub_dialect();
UpgradeFlagDialect balena_uboot_dialect();
UpgradeFlagDialect balena_grub_dialect();

// `upgrade_available` and `bootcount`: the boot loader counts boots only while an upgrade is available, and
// takes the other of exactly two slots when they were too many. A slot that is not booted by default needs no
// mark to be left alone; `dunlin_off` keeps which one was marked, so that a trial that failed and an install
// that never finished can be told apart. Boot scripts ignore it.
class UpgradeFlagScheme final : public BootScheme {
 public:
  UpgradeFlagScheme(UpgradeFlagDialect dialect, std::vector<BootSlot> two_slots);

  int tries_max() const override { return dialect_.limit; }
  std::vector<std::string> own_variables() const override;
  Result<BootFlags> flags_of(const BootVariables& variables) const override;
  void mark_unbootable(BootVariables& variables, const std::string& slot) const override;
  void arm(BootVariables& variables, const std::string& slot, int tries) const override;
  void confirm(BootVariables& variables, const std::string& slot) const override;
  void refill(BootVariables& variables, const std::string& slot) const override;

 private:
  struct State {
    std::size_t part = 0;  // index of the slot
    bool on_trial = false;
    int count = 0;
    int limit = 1;
    bool other_is_off = false;  // the slot that `part` does not name
    bool falls_back = false;    // the boot loader would take the other slot
  };
  Result<State> parse(const BootVariables& variables) const;
  Result<int> parse_limit(const BootVariables& variables) const;
  Result<void> check_canary(const BootVariables& variables) const;
  State parsed(const BootVariables& variables) const;
  void write(BootVariables& variables, const State& state) const;
  std::size_t index_of(const std::string& slot) const;

  UpgradeFlagDialect dialect_;
  std::vector<BootSlot> slots_;
};

}  // namespace dunlin
