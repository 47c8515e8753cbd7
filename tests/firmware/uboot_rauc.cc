#include "tests/firmware/uboot_rauc.h"

#include <sstream>

#include "tests/firmware/firmware_words.h"
#include "tests/firmware/uboot_memory.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

constexpr std::uint32_t environment_size = 512;
const std::string first_copy = "/boot/one";
const std::string second_copy = "/boot/two";

class UbootRauc final : public FirmwareModel {
 public:
  UbootRauc(std::string first, std::string second, std::uint32_t size)
      : first_(std::move(first)), second_(std::move(second)), size_(size) {}

  std::string boot(Disk& disk) override {
    for (int resets = 0; resets < 3; ++resets) {
      UbootMemory env(disk, first_, second_, size_);
      // test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
      if (env["BOOT_ORDER"].empty()) env["BOOT_ORDER"] = "A B";
      // test -n "${BOOT_x_LEFT}" || setenv BOOT_x_LEFT 3
      for (const char* left : {"BOOT_A_LEFT", "BOOT_B_LEFT"})
        if (env[left].empty()) env[left] = "3";
      for (const std::string& slot : firmware_words(env["BOOT_ORDER"])) {
        const std::string left_name = "BOOT_" + slot + "_LEFT";
        const unsigned long left = std::strtoul(env[left_name].c_str(), nullptr, 16);
        if (left == 0) continue;
        std::ostringstream hexadecimal;
        hexadecimal << std::hex << left - 1;  // setexpr
        env[left_name] = hexadecimal.str();
        return env.save() ? firmware_lower(slot) : "";
      }
      env["BOOT_A_LEFT"] = env["BOOT_B_LEFT"] = "3";
      if (!env.save()) return "";
    }
    return "";
  }

 private:
  std::string first_;
  std::string second_;
  std::uint32_t size_;
};

void flash(FakeDisk& disk) {
  const BootVariables factory{
      {"BOOT_ORDER", "A B"}, {"BOOT_A_LEFT", "3"}, {"BOOT_B_LEFT", "3"}, {"serial", "7"}};
  disk.put(first_copy, *serialise_uboot_copy({1, factory}, environment_size));
  disk.put(second_copy, *serialise_uboot_copy({0, factory}, environment_size));
}

std::unique_ptr<BootControl> control(Disk& disk) {
  return world_control(disk, {BootBackend::uboot,
                              BootSchemeName::rauc,
                              upper_case_slots({"a", "b"}),
                              {{{first_copy, 0}, {second_copy, 0}}, environment_size}});
}

}  // namespace

std::unique_ptr<FirmwareModel> uboot_rauc_firmware(const std::string& first, const std::string& second,
                                                   std::uint32_t size) {
  return std::make_unique<UbootRauc>(first, second, size);
}

BootWorld uboot_rauc_world() {
  return {"uboot-rauc", flash, control,
          [] { return uboot_rauc_firmware(first_copy, second_copy, environment_size); }};
}

}  // namespace dunlin
