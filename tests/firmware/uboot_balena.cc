#include "tests/firmware/uboot_balena.h"

#include "applier/boot/balena_store.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string environment_file = "/boot/resinOS_uEnv.txt";
const std::string count_file = "/boot/bootcount.env";

class UbootBalena final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    // What is built in counts where a file is missing or cannot be imported.
    BootVariables env{{"upgrade_available", "0"}, {"resin_root_part", "2"}};
    import(disk, environment_file, env);
    if (!import(disk, count_file, env)) env["bootcount"] = "0";
    if (env["upgrade_available"] == "1" && !count(disk, env)) return "";
    if (std::stoi("0" + env["bootcount"]) > 3)
      env["resin_root_part"] = env["resin_root_part"] == "2" ? "3" : "2";
    return env["resin_root_part"] == "2" ? "a" : "b";
  }

 private:
  static bool import(Disk& disk, const std::string& path, BootVariables& env) {
    Result<std::string> text = read_text(disk, path, 4096);
    if (!text) return false;
    Result<BootVariables> read = parse_text_environment(*text);
    if (!read) return false;
    for (const auto& [name, value] : *read) env[name] = value;
    return true;
  }
  // os_inc_bc_save; fatwrite makes the file when it is missing.
  static bool count(Disk& disk, BootVariables& env) {
    env["bootcount"] = std::to_string(std::stoi("0" + env["bootcount"]) + 1);
    auto file = disk.open(count_file, OpenMode::create);
    return file && (*file)->write_at(0, as_bytes(balena_count_text(env["bootcount"]))) && (*file)->sync() &&
           disk.sync_directory("/boot");
  }
};

}  // namespace

BootWorld uboot_balena_world() {
  return {"uboot-balena",
          [](FakeDisk& disk) { disk.put(environment_file, "resin_root_part=2\nupgrade_available=0\n"); },
          [](Disk& disk) {
            return world_control(
                disk,
                {BootBackend::uboot, BootSchemeName::balena, {{"a", "2"}, {"b", "3"}}, {}, environment_file});
          },
          [] { return std::make_unique<UbootBalena>(); }};
}

}  // namespace dunlin
