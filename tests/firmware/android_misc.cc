#include "tests/firmware/android_misc.h"

#include <tuple>

#include "applier/boot/android_boot_control.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string misc_partition = "/dev/misc";

class AndroidMisc final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    auto file = disk.open(misc_partition, OpenMode::read_write);
    Bytes bytes(android_control_size);
    if (!file || !read_exactly(**file, android_control_offset, bytes)) return "";
    Result<AndroidControl> control = AndroidControl::parse(bytes);
    // Defaults would be written here: both slots with seven tries.
    if (!control) return "";
    const int best = choose(*control);
    if (best < 0) return "";
    const auto index = static_cast<std::size_t>(best);
    AndroidSlot slot = control->slot(index);
    if (!slot.successful) {
      --slot.tries;
      control->set_slot(index, slot);
      if (!(*file)->write_at(android_control_offset, control->bytes()) || !(*file)->sync()) return "";
    }
    return std::string(1, static_cast<char>('a' + best));
  }

 private:
  static int choose(const AndroidControl& control) {
    int best = -1;
    for (int i = 0; i < control.slot_count(); ++i) {
      const AndroidSlot slot = control.slot(static_cast<std::size_t>(i));
      if (slot.verity_corrupted || (slot.tries == 0 && !slot.successful)) continue;
      const AndroidSlot held = best < 0 ? AndroidSlot{} : control.slot(static_cast<std::size_t>(best));
      const bool better = std::tuple(slot.priority, slot.successful, slot.tries) >
                          std::tuple(held.priority, held.successful, held.tries);
      if (better) best = i;
    }
    return best;
  }
};

}  // namespace

BootWorld android_misc_world() {
  return {"android",
          [](FakeDisk& disk) {
            disk.add_block_device(misc_partition, 1 << 16);
            auto file = disk.open(misc_partition, OpenMode::read_write);
            // U-Boot's default, two slots with priority 15 and seven tries; both were called good since.
            AndroidControl factory = *AndroidControl::parse(
                *from_hex("5f61000042434142010200007f007f0000000000000000000000000027ef1f32"));
            for (std::size_t slot : {0, 1}) factory.set_slot(slot, {15, 1, true, false});
            if (!(*file)->write_at(android_control_offset, factory.bytes())) std::abort();
            disk.sync_all();
          },
          [](Disk& disk) {
            BootSettings settings{BootBackend::android, BootSchemeName::rauc, {{"a", "_a"}, {"b", "_b"}}};
            settings.path = misc_partition;
            return world_control(disk, settings);
          },
          [] { return std::make_unique<AndroidMisc>(); }};
}

}  // namespace dunlin
