#include "tests/firmware/uboot_dunlin.h"

#include "tests/firmware/uboot_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

constexpr std::uint32_t own_size = 512;

class UbootDunlin final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    UbootMemory env(disk, "/boot/one", "/boot/two", own_size);
    if (env["dunlin_slot"].empty()) env["dunlin_slot"] = "a";
    if (env["dunlin_try"].empty() || std::stoi("0" + env["dunlin_tries"]) == 0) return env["dunlin_slot"];
    env["dunlin_tries"] = std::to_string(std::stoi(env["dunlin_tries"]) - 1);
    // A slot whose try cannot be counted is not tried.
    return env.save() ? env["dunlin_try"] : "";
  }
};

}  // namespace

BootWorld uboot_dunlin_world() {
  return {"uboot-dunlin",
          [](FakeDisk& disk) {
            const BootVariables factory{{"dunlin_slot", "a"}, {"serial", "7"}};
            disk.put("/boot/one", *serialise_uboot_copy({1, factory}, own_size));
            disk.put("/boot/two", *serialise_uboot_copy({0, factory}, own_size));
          },
          [](Disk& disk) {
            return world_control(disk, {BootBackend::uboot,
                                        BootSchemeName::dunlin,
                                        {{"a", "a"}, {"b", "b"}},
                                        {{{"/boot/one", 0}, {"/boot/two", 0}}, own_size}});
          },
          [] { return std::make_unique<UbootDunlin>(); }};
}

}  // namespace dunlin
