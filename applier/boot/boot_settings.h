#pragma once
#include <memory>

#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "applier/boot/uboot_store.h"
#include "core/base/process.h"

namespace dunlin {

enum class BootBackend { uboot, grub, gpt, android, systemd_boot, tryboot, efi, script };
// Whose variables the boot script speaks; backends uboot and grub.
enum class BootSchemeName { rauc, mender, balena, dunlin, snapd, snapd_16 };

// Which boot loader a device has and where it keeps its flags. docs/boot-control.md.
struct BootSettings {
  BootBackend backend = BootBackend::uboot;
  BootSchemeName scheme = BootSchemeName::rauc;
  std::vector<BootSlot> slots;
  UbootSettings uboot = {};  // uboot, except with balena's scheme
  // grub: the block, or the folder of Mender's two; balena on U-Boot: resinOS_uEnv.txt; gpt: the disk;
  // android: the partition misc; systemd_boot: the folder of entries; tryboot: autoboot.txt; efi: the folder
  // of efivarfs; script: the program
  std::string path = {};
  std::string reboot_parameter = "/run/systemd/reboot-param";  // tryboot
  std::string fw_env_config = {};                              // uboot: says what `uboot` would
  bool accept_torn_writes = false;  // uboot: one copy on a device, larger than a sector
  int tries = 4;                    // of a trial: three quick power cuts and a boot; also of a good slot
};

// "uboot", "systemd-boot", ...
std::string to_text(BootBackend backend);

// What a slot is called when the configuration does not say; docs/boot-control.md. Empty: it must say.
std::string default_boot_name(const BootSettings& settings, const std::string& slot, std::size_t index);

// Why these settings cannot work; empty when they can. Looks at nothing but the settings.
std::string problem_of(const BootSettings& settings);

// Reads what the settings only point to: fw_env_config. Looks whether an environment without a second copy
// can be changed in one step. Fails (usage, device) with what to do.
Result<BootSettings> complete(Disk& disk, BootSettings settings);

// Complete settings without a problem only. `disk` and `runner` outlive what is made.
std::unique_ptr<BootControl> make_boot_control(Disk& disk, ProcessRunner& runner,
                                               const BootSettings& settings);

}  // namespace dunlin
