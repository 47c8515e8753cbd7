#include "tests/firmware/raspberry_tryboot.h"

#include "applier/boot/autoboot_text.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string autoboot_file = "/boot/autoboot.txt";
const std::string parameter_file = "/run/systemd/reboot-param";

class RaspberryTryboot final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    // An orderly restart hands the parameter over; memory is empty afterwards.
    Result<std::string> parameter = read_text(disk, parameter_file, 4096);
    const bool tryboot = parameter && parameter->starts_with("0 tryboot");
    lose_power(disk);
    Result<std::string> text = read_text(disk, autoboot_file, 4096);
    if (!text) return "";
    Result<AutobootText> autoboot = parse_autoboot(*text);
    if (!autoboot) return "";
    return (tryboot ? autoboot->try_partition : autoboot->partition) == 2 ? "a" : "b";
  }
  // A failure to remove is a disk without power: then nothing boots either.
  void lose_power(Disk& disk) override {
    if (!disk.remove(parameter_file)) return;
    if (Result<void> synced = disk.sync_directory("/run/systemd"); !synced) return;
  }
};

}  // namespace

BootWorld raspberry_tryboot_world() {
  return {"tryboot",
          [](FakeDisk& disk) {
            disk.put(parameter_file, "");
            disk.put(autoboot_file, "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n");
          },
          [](Disk& disk) {
            BootSettings settings{BootBackend::tryboot, BootSchemeName::rauc, {{"a", "2"}, {"b", "3"}}};
            settings.path = autoboot_file;
            settings.reboot_parameter = parameter_file;
            return world_control(disk, settings);
          },
          [] { return std::make_unique<RaspberryTryboot>(); }};
}

}  // namespace dunlin
