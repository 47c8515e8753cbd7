#include "tests/firmware/grub_mender.h"

#include "tests/firmware/grub_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string env_1 = "/boot/mender_grubenv1/env";
const std::string lock_1 = "/boot/mender_grubenv1/lock";
const std::string env_2 = "/boot/mender_grubenv2/env";
const std::string lock_2 = "/boot/mender_grubenv2/lock";
const std::vector<std::string> kept{"bootcount", "mender_boot_part", "upgrade_available"};

class GrubMender final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    if (is_locked(disk, lock_2)) {
      if (!restore(disk, env_1, env_2, lock_2)) return "";
    } else if (is_locked(disk, lock_1)) {
      if (!restore(disk, env_2, env_1, lock_1)) return "";
    }
    GrubMemory env{BootVariables{}};
    env.load(disk, env_1);
    if (env["upgrade_available"] == "1" && !count(disk, env)) return "";
    return env["mender_boot_part"] == "3" ? "b" : "a";
  }

 private:
  static bool is_locked(Disk& disk, const std::string& lock) {
    GrubMemory memory(BootVariables{{"editing", "invalid"}});
    memory.load(disk, lock);
    return memory["editing"] != "0";
  }
  static bool set_lock(Disk& disk, const std::string& lock, const char* editing) {
    GrubMemory memory(BootVariables{{"editing", editing}});
    return memory.save(disk, lock, {"editing"});
  }
  static bool restore(Disk& disk, const std::string& from, const std::string& to, const std::string& lock) {
    GrubMemory memory{BootVariables{}};
    return memory.load(disk, from) && memory.save(disk, to, kept) && set_lock(disk, lock, "0");
  }
  // mender_load_env_with_rollback
  static bool count(Disk& disk, GrubMemory& env) {
    if (env["bootcount"] != "0") {
      env["mender_boot_part"] = env["mender_boot_part"] == "2" ? "3" : "2";
      env["upgrade_available"] = "0";
      env["bootcount"] = "0";
    } else {
      env["bootcount"] = "1";
    }
    return set_lock(disk, lock_2, "1") && env.save(disk, env_2, kept) && set_lock(disk, lock_2, "0") &&
           set_lock(disk, lock_1, "1") && env.save(disk, env_1, kept) && set_lock(disk, lock_1, "0");
  }
};

Bytes block_of(const BootVariables& variables) {
  GrubBlock block;
  for (const auto& [name, value] : variables) block.set(name, value);
  return *serialise_grub_block(block, {});
}

void flash_blocks(FakeDisk& disk) {
  const Bytes env = block_of(
      {{"bootcount", "0"}, {"mender_boot_part", "2"}, {"upgrade_available", "0"}, {"dunlin_off", "0"}});
  for (const std::string& path : {env_1, env_2}) disk.put(path, env);
  for (const std::string& path : {lock_1, lock_2}) disk.put(path, block_of({{"editing", "0"}}));
}

}  // namespace

BootWorld grub_mender_world() {
  return {"grub-mender", flash_blocks,
          [](Disk& disk) {
            return world_control(
                disk, {BootBackend::grub, BootSchemeName::mender, {{"a", "2"}, {"b", "3"}}, {}, "/boot"});
          },
          [] { return std::make_unique<GrubMender>(); }};
}

}  // namespace dunlin
