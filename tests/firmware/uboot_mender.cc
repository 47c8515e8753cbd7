#include "tests/firmware/uboot_mender.h"

#include "tests/firmware/uboot_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

constexpr std::uint32_t mender_size = 512;

class UbootMender final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    UbootMemory env(disk, "/boot/one", "/boot/two", mender_size);
    if (!count(env)) return "";
    // bootlimit=1: main_loop() runs altbootcmd instead of bootcmd.
    const bool over = std::stoi("0" + env["bootcount"]) > std::stoi("0" + env["bootlimit"]);
    if (over && !run_altbootcmd(env)) return "";
    if (env["mender_boot_part"] == "2") return "a";
    return env["mender_boot_part"] == "3" ? "b" : "";
  }

 private:
  // bootcount_env.c: the counter moves and is saved only while an upgrade is available.
  static bool count(UbootMemory& env) {
    if (env["upgrade_available"] != "1") {
      env["bootcount"] = "0";
      return true;
    }
    env["bootcount"] = std::to_string(std::stoi("0" + env["bootcount"]) + 1);
    return env.save();
  }
  static bool run_altbootcmd(UbootMemory& env) {
    const bool was_first = env["mender_boot_part"] == "2";
    env["mender_boot_part"] = env["mender_boot_part_hex"] = was_first ? "3" : "2";
    env["upgrade_available"] = "0";
    return env.save();
  }
};

void flash_mender(FakeDisk& disk) {
  const BootVariables factory{
      {"mender_boot_part", "2"}, {"mender_boot_part_hex", "2"},        {"upgrade_available", "0"},
      {"bootlimit", "1"},        {"mender_check_saveenv_canary", "1"}, {"mender_saveenv_canary", "1"}};
  disk.put("/boot/one", *serialise_uboot_copy({1, factory}, mender_size));
  disk.put("/boot/two", *serialise_uboot_copy({0, factory}, mender_size));
}

}  // namespace

BootWorld uboot_mender_world() {
  return {"uboot-mender", flash_mender,
          [](Disk& disk) {
            return world_control(disk, {BootBackend::uboot,
                                        BootSchemeName::mender,
                                        {{"a", "2"}, {"b", "3"}},
                                        {{{"/boot/one", 0}, {"/boot/two", 0}}, mender_size}});
          },
          [] { return std::make_unique<UbootMender>(); }};
}

}  // namespace dunlin
