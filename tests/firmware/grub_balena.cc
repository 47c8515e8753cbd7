#include "tests/firmware/grub_balena.h"

#include "tests/firmware/grub_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string balena_block = "/boot/grubenv";

class GrubBalena final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    GrubMemory env({{"resin_root_part", "2"}, {"upgrade_available", "0"}, {"bootcount", "0"}});
    env.load(disk, balena_block);
    std::string part = env["resin_root_part"];
    if (env["upgrade_available"] == "1") {
      const bool first_try = env["bootcount"] == "0";
      // The other root, but the flag stays: the old system finds out and takes it back.
      if (!first_try) part = part == "2" ? "3" : "2";
      env["bootcount"] = first_try ? "1" : "2";
      if (!env.save(disk, balena_block, {"bootcount"})) return "";
    }
    return part == "3" ? "b" : "a";
  }
};

void flash_balena_block(FakeDisk& disk) {
  GrubBlock block;
  for (const auto& [name, value] :
       BootVariables{{"bootcount", "0"}, {"resin_root_part", "2"}, {"upgrade_available", "0"}})
    block.set(name, value);
  disk.put(balena_block, *serialise_grub_block(block, {}));
}

}  // namespace

BootWorld grub_balena_world() {
  return {"grub-balena", flash_balena_block,
          [](Disk& disk) {
            return world_control(
                disk,
                {BootBackend::grub, BootSchemeName::balena, {{"a", "2"}, {"b", "3"}}, {}, balena_block});
          },
          [] { return std::make_unique<GrubBalena>(); }};
}

}  // namespace dunlin
