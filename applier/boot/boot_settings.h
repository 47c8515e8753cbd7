#pragma once
#include <memory>

#include "applier/boot/boot_control.h"
#include "applier/boot/boot_slot.h"
#include "applier/boot/uboot_store.h"
#include "core/base/process.h"

namespace dunlin {

enum class BootBackend { uboot, grub };
// Whose variables the boot script speaks; backends uboot and grub.
enum class BootSchemeName { rauc, mender, balena, dunlin, snapd, snapd_16 };

// Which boot loader a device has and where it keeps its flags. docs/boot-control.md.
struct BootSettings {
  BootBackend backend = BootBackend::uboot;
  BootSchemeName scheme = BootSchemeName::rauc;
  std::vector<BootSlot> slots;
  UbootSettings uboot = {};  // uboot, except with balena's scheme
  // grub: the block, or the folder of Mender's two; balena on U-Boot: resinOS_uEnv.txt
  std::string path = {};
  int tries = 3;  // full tries of a good slot
};

// What a slot is called when the configuration does not say: "A" for rauc, "2", "3" for mender and balena,
// otherwise its own name.
std::string default_boot_name(const BootSettings& settings, const std::string& slot, std::size_t index);

// Why these settings cannot work; empty when they can. Looks at nothing but the settings.
std::string problem_of(const BootSettings& settings);

// Settings without a problem only. `disk` and `runner` outlive what is made.
std::unique_ptr<BootControl> make_boot_control(Disk& disk, ProcessRunner& runner,
                                               const BootSettings& settings);

}  // namespace dunlin
