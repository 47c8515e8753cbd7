#include "tests/firmware/grub_rauc.h"

#include "tests/firmware/firmware_words.h"
#include "tests/firmware/grub_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string block_path = "/boot/grubenv";

class GrubRauc final : public FirmwareModel {
 public:
  explicit GrubRauc(std::string block) : block_(std::move(block)) {}

  std::string boot(Disk& disk) override {
    for (int resets = 0; resets < 3; ++resets) {
      GrubMemory env({{"ORDER", "A B"}, {"A_OK", "0"}, {"B_OK", "0"}, {"A_TRY", "0"}, {"B_TRY", "0"}});
      // Without a block only the defaults above are left, and none of them is good.
      if (!env.load(disk, block_)) return "";
      const std::string chosen = choose(env);
      if (chosen.empty())
        for (const char* slot : {"A", "B"})
          if (env[std::string(slot) + "_OK"] == "1") env[std::string(slot) + "_TRY"] = "0";
      if (!env.save(disk, block_, {"A_TRY", "A_OK", "B_TRY", "B_OK", "ORDER"})) return "";
      if (!chosen.empty()) return firmware_lower(chosen);
    }
    return "";
  }

 private:
  static std::string choose(GrubMemory& env) {
    for (const std::string& slot : firmware_words(env["ORDER"])) {
      const bool ok = env[slot + "_OK"] == "1";
      const bool tried = env[slot + "_TRY"] == "1";
      env[slot + "_TRY"] = "1";
      if (ok && !tried) return slot;
    }
    return "";
  }

  std::string block_;
};

void flash(FakeDisk& disk) {
  GrubBlock block;
  for (const auto& [name, value] : BootVariables{{"A_OK", "1"},
                                                 {"A_TRY", "0"},
                                                 {"B_OK", "1"},
                                                 {"B_TRY", "0"},
                                                 {"ORDER", "A B"},
                                                 {"saved_entry", "x"}})
    block.set(name, value);
  disk.put(block_path, *serialise_grub_block(block, {}));
}

std::unique_ptr<BootControl> control(Disk& disk) {
  return world_control(
      disk, {BootBackend::grub, BootSchemeName::rauc, upper_case_slots({"a", "b"}), {}, block_path});
}

}  // namespace

std::unique_ptr<FirmwareModel> grub_rauc_firmware(const std::string& block) {
  return std::make_unique<GrubRauc>(block);
}

BootWorld grub_rauc_world() {
  return {"grub-rauc", flash, control, [] { return grub_rauc_firmware(block_path); }};
}

}  // namespace dunlin
