#pragma once
#include "applier/boot/boot_control.h"
#include "applier/boot/boot_entry.h"
#include "applier/boot/boot_slot.h"
#include "core/base/disk.h"

namespace dunlin {

// systemd-boot's entries with boot counting. A slot is one entry; its counters are in the file's name, its
// rank in `version`: of entries with one sort-key the boot loader takes the highest that is not bad. A change
// puts the new file there, synced, before the old one goes.
class SystemdBootControl final : public BootControl {
 public:
  // Boot names are entry ids; `folder` is /boot/loader/entries. `tries` is what a good slot is said to have.
  SystemdBootControl(Disk& disk, std::string folder, std::vector<BootSlot> slots, int tries)
      : disk_(disk), folder_(std::move(folder)), slots_(std::move(slots)), tries_(tries) {}

  std::string name() const override { return "systemd-boot"; }
  int tries_max() const override { return 9; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  struct Entry {
    std::string slot;
    BootEntryName name;
    std::string text;
    std::uint64_t version = 0;
  };
  // Of each slot the entry that counts first; behind them what an interrupted change left over.
  struct Entries {
    std::vector<Entry> current;
    std::vector<Entry> stale;
    const Entry* of(const std::string& slot) const;
  };
  Result<Entries> load();
  Result<Entry> load_entry(const std::string& slot, const BootEntryName& name);
  BootFlags flags_of(const Entries& entries) const;
  Result<void> put(const Entries& before, const std::string& slot, BootEntryName name, bool on_top);
  Result<void> remove_stale(const Entries& entries, const std::string& slot);
  Result<void> check_kept(const std::string& slot, const BootEntryName& name);

  Disk& disk_;
  std::string folder_;
  std::vector<BootSlot> slots_;
  int tries_;
};

}  // namespace dunlin
