#include "tests/firmware/grub_snapd.h"

#include "tests/firmware/grub_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string core_block = "/boot/grubenv";

class GrubSnapd final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    GrubMemory env{BootVariables{}};
    if (!env.load(disk, core_block)) return "";
    std::string kernel = env["snap_kernel"];
    std::string core = env["snap_core"];
    if (env["snap_mode"] == "try") {
      env["snap_mode"] = "trying";
      if (!env["snap_try_core"].empty()) core = env["snap_try_core"];
      if (!env["snap_try_kernel"].empty()) kernel = env["snap_try_kernel"];
      if (!env.save(disk, core_block, {"snap_mode"})) return "";
    } else if (env["snap_mode"] == "trying") {
      env["snap_mode"] = "";
      if (!env.save(disk, core_block, {"snap_mode"})) return "";
    }
    // A kernel of one slot with the system of the other is no system.
    return kernel == core ? kernel : "";
  }
};

void flash_core_block(FakeDisk& disk) {
  GrubBlock block;
  for (const char* name : {"snap_kernel", "snap_core"}) block.set(name, "a");
  for (const char* name : {"snap_try_kernel", "snap_try_core"}) block.set(name, "b");
  disk.put(core_block, *serialise_grub_block(block, {}));
}

}  // namespace

BootWorld grub_snapd_world() {
  return {"grub-snapd-16", flash_core_block,
          [](Disk& disk) {
            return world_control(
                disk,
                {BootBackend::grub, BootSchemeName::snapd_16, {{"a", "a"}, {"b", "b"}}, {}, core_block});
          },
          [] { return std::make_unique<GrubSnapd>(); }};
}

}  // namespace dunlin
