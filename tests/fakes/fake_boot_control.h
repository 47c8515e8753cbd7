#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_order.h"
#include "core/base/check.h"

namespace dunlin {

// A boot loader in memory with a counter per slot; boot() plays its firmware. Passes
// tests/contract/boot_control_contract.h together with the real ones.
class FakeBootControl final : public BootControl {
 public:
  explicit FakeBootControl(std::vector<std::string> slots, int tries = 3) : tries_(tries) {
    for (const std::string& slot : slots) flags_.push_back({slot, true, tries});
    order_ = slots;
  }

  std::string name() const override { return "fake"; }
  int tries_max() const override { return one_try ? 1 : 9; }

  Result<BootFlags> read() override {
    if (unreadable) return fail(ErrorKind::device, "the boot flags are unreadable");
    BootFlags result{flags_, ""};
    for (const std::string& slot : order_)
      if (result.next.empty() && result.of(slot).bootable()) result.next = slot;
    return result;
  }
  Result<void> mark_unbootable(const std::string& slot) override {
    const bool another = std::any_of(flags_.begin(), flags_.end(), [&](const SlotFlags& other) {
      return other.slot != slot && other.enabled;
    });
    if (!another) return fail(ErrorKind::usage, "slot " + slot + " is the only one that can boot");
    return change([&] { of(slot) = {slot, false, 0}; });
  }
  Result<void> arm(const std::string& slot, int tries) override {
    CHECK(tries >= 1 && tries <= tries_max());
    return change([&] {
      of(slot) = {slot, true, tries};
      move_to_front(order_, slot);
    });
  }
  Result<void> confirm(const std::string& slot) override { return arm(slot, std::min(tries_, tries_max())); }
  Result<void> refill(const std::string& slot) override {
    return change(
        [&] { of(slot).tries_left = std::max(of(slot).tries_left, std::min(tries_, tries_max())); });
  }

  // The firmware: picks, counts, and refills every counter when none is left.
  std::string boot() {
    for (int attempt = 0; attempt < 2; ++attempt) {
      for (const std::string& slot : order_) {
        if (!of(slot).bootable()) continue;
        --of(slot).tries_left;
        return slot;
      }
      for (SlotFlags& flags : flags_)
        if (flags.enabled) flags.tries_left = tries_;
    }
    return "";
  }

  bool unreadable = false;  // every call fails
  bool unwritable = false;  // every change fails
  bool one_try = false;     // counts like GRUB
  int changes = 0;

 private:
  SlotFlags& of(const std::string& slot) {
    const auto found = std::find_if(flags_.begin(), flags_.end(),
                                    [&](const SlotFlags& flags) { return flags.slot == slot; });
    CHECK(found != flags_.end());
    return *found;
  }
  template <class Change>
  Result<void> change(Change apply) {
    if (unreadable || unwritable) return fail(ErrorKind::device, "the boot flags cannot be written");
    apply();
    ++changes;
    return {};
  }

  std::vector<SlotFlags> flags_;
  BootOrder order_;
  int tries_;
};

}  // namespace dunlin
