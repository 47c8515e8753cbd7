#include "tests/firmware/grub_dunlin.h"

#include "tests/firmware/grub_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string own_block = "/boot/grubenv";

class GrubDunlin final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    GrubMemory env{BootVariables{}};
    env.load(disk, own_block);
    if (env["dunlin_slot"].empty()) env["dunlin_slot"] = "a";
    const std::string tries = env["dunlin_tries"];
    const bool counted = tries.size() == 1 && tries >= "1" && tries <= "9";
    if (env["dunlin_try"].empty() || !counted) return env["dunlin_slot"];
    env["dunlin_tries"] = std::string(1, static_cast<char>(tries[0] - 1));
    return env.save(disk, own_block, {"dunlin_tries"}) ? env["dunlin_try"] : "";
  }
};

void flash_own_block(FakeDisk& disk) {
  GrubBlock block;
  block.set("dunlin_slot", "a");
  block.set("saved_entry", "x");
  disk.put(own_block, *serialise_grub_block(block, {}));
}

}  // namespace

BootWorld grub_dunlin_world() {
  return {"grub-dunlin", flash_own_block,
          [](Disk& disk) {
            return world_control(
                disk, {BootBackend::grub, BootSchemeName::dunlin, {{"a", "a"}, {"b", "b"}}, {}, own_block});
          },
          [] { return std::make_unique<GrubDunlin>(); }};
}

}  // namespace dunlin
