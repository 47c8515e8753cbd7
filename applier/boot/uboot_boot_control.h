#pragma once
#include <array>

#include "applier/boot/boot_control.h"
#include "applier/boot/uboot_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// Where one copy of the environment lies: a file or a device, and the offset in it.
struct UbootCopyPlace {
  std::string path;
  std::uint64_t offset = 0;
};

struct UbootSettings {
  std::array<UbootCopyPlace, 2> copies;
  std::uint32_t size = 0;  // bytes of one copy
  int tries = 3;           // 1..9: boot scripts read the counter as decimal or as hexadecimal
};

// RAUC's variables in a redundant U-Boot environment: BOOT_ORDER, BOOT_<NAME>_LEFT. A change is one write of
// all variables to the older copy. A damaged copy is passed over and mended by the next change; with both
// damaged every call fails, because U-Boot would fall back to built-in defaults that nobody here can know.
class UbootBootControl final : public BootControl {
 public:
  UbootBootControl(Disk& disk, UbootSettings settings, std::vector<std::string> slots)
      : disk_(disk), settings_(std::move(settings)), slots_(std::move(slots)) {}

  std::string name() const override { return "uboot"; }
  int tries_max() const override { return 9; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct Loaded {
    UbootCopy current;
    int other = 1;               // the copy that the next change goes to
    bool other_damaged = false;  // it holds nothing to fall back to
  };
  Result<UbootCopy> load_copy(int index);
  Result<Loaded> load();
  Result<void> store(const Loaded& before, const BootVariables& variables);
  Result<std::unique_ptr<File>> open_for_writing(const std::string& path);
  BootFlags flags_of(const BootVariables& variables) const;

  Disk& disk_;
  UbootSettings settings_;
  std::vector<std::string> slots_;
};

}  // namespace dunlin
