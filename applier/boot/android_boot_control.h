#pragma once
#include <array>

#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "core/base/disk.h"

namespace dunlin {

// Android's struct bootloader_control: 32 bytes at offset 2048 of the partition "misc".
struct AndroidSlot {
  int priority = 0;  // 0 to 15; 0: unbootable
  int tries = 0;     // 0 to 7
  bool successful = false;
  bool verity_corrupted = false;
  bool operator==(const AndroidSlot&) const = default;
};

inline constexpr std::uint64_t android_control_offset = 2048;
inline constexpr std::size_t android_control_size = 32;

class AndroidControl {
 public:
  // Total. Fails (device) when magic, version or checksum do not fit.
  static Result<AndroidControl> parse(ByteView bytes);

  const Bytes& bytes() const { return bytes_; }
  int slot_count() const;
  AndroidSlot slot(std::size_t index) const;  // 0 to 3
  void set_slot(std::size_t index, const AndroidSlot& slot);
  bool operator==(const AndroidControl&) const = default;

 private:
  Bytes bytes_;
};

// Brillo's and its successors' boot_control. One write of one sector each. Boot names are "_a" to "_d".
class AndroidBootControl final : public BootControl {
 public:
  // `path`: the partition "misc". `tries` is what a good slot is said to have.
  AndroidBootControl(Disk& disk, std::string path, std::vector<BootSlot> slots, int tries)
      : disk_(disk), path_(std::move(path)), slots_(std::move(slots)), tries_(tries) {}

  std::string name() const override { return "android"; }
  int tries_max() const override { return 7; }
  Result<BootFlags> read() override;
  Result<void> mark_unbootable(const std::string& slot) override;
  Result<void> arm(const std::string& slot, int tries) override;
  Result<void> confirm(const std::string& slot) override;
  Result<void> refill(const std::string& slot) override;

 private:
  Result<AndroidControl> load();
  Result<void> store(const AndroidControl& before, const AndroidControl& wanted);
  Result<void> put_first(const std::string& slot, int tries, bool successful);
  BootFlags flags_of(const AndroidControl& control) const;
  std::size_t index_of(const std::string& slot) const;

  Disk& disk_;
  std::string path_;
  std::vector<BootSlot> slots_;
  int tries_;
};

}  // namespace dunlin
