#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "applier/boot/gpt_table.h"

namespace dunlin {

// Priority, tries and success of ChromeOS, CoreOS and Flatcar in the attributes of the slots' partitions. The
// copy of the table that does not count is written first, so a power cut leaves the old flags or the new
// ones.
class GptBootControl final : public BootControl {
 public:
  // Boot names are partition numbers on the disk at `path`. `tries` is what a good slot is said to have.
  GptBootControl(Disk& disk, std::string path, std::vector<BootSlot> slots, int tries)
      : disk_(disk), path_(std::move(path)), slots_(std::move(slots)), tries_(tries) {}

  std::string name() const override { return "gpt"; }
  int tries_max() const override { return 15; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct Tables {
    GptCopy current;
    GptCopy other;       // where the change goes first
    std::string damage;  // why the other is not the same; empty when it is whole
  };
  Result<Tables> load(File& disk) const;
  Result<Tables> load_with(File& disk, std::uint32_t sector_size) const;
  Result<Tables> load_slots();
  Result<void> store(const Tables& before, const GptCopy& wanted);
  BootFlags flags_of(const GptCopy& table) const;
  std::uint32_t number_of(const std::string& slot) const;
  Result<void> put_first(const std::string& slot, GptBootBits bits);

  Disk& disk_;
  std::string path_;
  std::vector<BootSlot> slots_;
  int tries_;
};

}  // namespace dunlin
