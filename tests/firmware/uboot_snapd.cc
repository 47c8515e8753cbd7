#include "tests/firmware/uboot_snapd.h"

#include "tests/firmware/uboot_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

constexpr std::uint32_t core_size = 512;

class UbootSnapd final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    UbootMemory env(disk, "/boot/one", "/boot/two", core_size);
    std::string kernel = env["snap_kernel"];
    if (env["kernel_status"] == "try") {
      env["kernel_status"] = "trying";
      kernel = env["snap_try_kernel"];
      if (!env.save()) return "";
    } else if (!env["kernel_status"].empty()) {
      // Nothing cleared "trying": the boot failed.
      env["kernel_status"] = "";
      if (!env.save()) return "";
    }
    return kernel;
  }
};

}  // namespace

BootWorld uboot_snapd_world() {
  return {"uboot-snapd",
          [](FakeDisk& disk) {
            const BootVariables factory{{"snap_kernel", "a"}, {"snap_try_kernel", "b"}};
            disk.put("/boot/one", *serialise_uboot_copy({1, factory}, core_size));
            disk.put("/boot/two", *serialise_uboot_copy({0, factory}, core_size));
          },
          [](Disk& disk) {
            return world_control(disk, {BootBackend::uboot,
                                        BootSchemeName::snapd,
                                        {{"a", "a"}, {"b", "b"}},
                                        {{{"/boot/one", 0}, {"/boot/two", 0}}, core_size}});
          },
          [] { return std::make_unique<UbootSnapd>(); }};
}

}  // namespace dunlin
