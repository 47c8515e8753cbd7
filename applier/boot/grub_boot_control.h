#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/grub_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// RAUC's variables in GRUB's environment block: ORDER, <NAME>_OK, <NAME>_TRY. The block has no checksum and
// no second copy, so a change is one write over the file in place, never cut to nothing first, with our
// variables inside the first sector.
class GrubBootControl final : public BootControl {
 public:
  GrubBootControl(Disk& disk, std::string path, std::vector<std::string> slots)
      : disk_(disk), path_(std::move(path)), slots_(std::move(slots)) {}

  std::string name() const override { return "grub"; }
  int tries_max() const override { return 1; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  Result<Bytes> load_bytes();
  Result<GrubBlock> load();
  Result<void> store(GrubBlock block);
  Result<void> put_first(const std::string& slot);
  std::vector<std::string> own_variables() const;
  BootFlags flags_of(const GrubBlock& block) const;

  Disk& disk_;
  std::string path_;
  std::vector<std::string> slots_;
};

}  // namespace dunlin
