#include "applier/boot/boot_settings.h"

#include "applier/boot/android_boot_control.h"
#include "applier/boot/balena_store.h"
#include "applier/boot/dunlin_scheme.h"
#include "applier/boot/efi_boot_control.h"
#include "applier/boot/fw_env_config.h"
#include "applier/boot/gpt_boot_control.h"
#include "applier/boot/grub_store.h"
#include "applier/boot/mender_grub_store.h"
#include "applier/boot/rauc_grub_scheme.h"
#include "applier/boot/rauc_uboot_scheme.h"
#include "applier/boot/scheme_boot_control.h"
#include "applier/boot/script_boot_control.h"
#include "applier/boot/snapd_scheme.h"
#include "applier/boot/systemd_boot_control.h"
#include "applier/boot/tryboot_control.h"
#include "applier/boot/upgrade_flag_scheme.h"

namespace dunlin {

namespace {

// GRUB's language cannot count; the boot script spells out each step.
constexpr int dunlin_grub_tries_max = 9;
constexpr int dunlin_uboot_tries_max = 9;

std::unique_ptr<BootScheme> make_scheme(const BootSettings& settings) {
  const bool uboot = settings.backend == BootBackend::uboot;
  const std::vector<BootSlot>& slots = settings.slots;
  switch (settings.scheme) {
    case BootSchemeName::rauc:
      if (uboot) return std::make_unique<RaucUbootScheme>(slots, settings.tries);
      return std::make_unique<RaucGrubScheme>(slots);
    case BootSchemeName::mender:
      return std::make_unique<UpgradeFlagScheme>(uboot ? mender_uboot_dialect() : mender_grub_dialect(),
                                                 slots);
    case BootSchemeName::balena:
      return std::make_unique<UpgradeFlagScheme>(uboot ? balena_uboot_dialect() : balena_grub_dialect(),
                                                 slots);
    case BootSchemeName::dunlin:
      return std::make_unique<DunlinScheme>(slots, uboot ? dunlin_uboot_tries_max : dunlin_grub_tries_max);
    case BootSchemeName::snapd:
      return std::make_unique<SnapdScheme>(SnapdEdition::core_20, slots);
    case BootSchemeName::snapd_16:
      return std::make_unique<SnapdScheme>(SnapdEdition::core_16, slots);
  }
  return nullptr;
}

std::unique_ptr<BootVariableStore> make_store(Disk& disk, const BootSettings& settings,
                                              const std::vector<std::string>& own) {
  if (settings.backend == BootBackend::grub) {
    if (settings.scheme == BootSchemeName::mender)
      return std::make_unique<MenderGrubStore>(disk, settings.path, own);
    return std::make_unique<GrubStore>(disk, settings.path, own);
  }
  if (settings.scheme == BootSchemeName::balena) return std::make_unique<BalenaStore>(disk, settings.path);
  return std::make_unique<UbootStore>(disk, settings.uboot);
}

bool speaks_a_scheme(BootBackend backend) {
  return backend == BootBackend::uboot || backend == BootBackend::grub;
}

bool has_exactly_two_slots(const BootSettings& settings) {
  if (!speaks_a_scheme(settings.backend)) return settings.backend == BootBackend::tryboot;
  return settings.scheme != BootSchemeName::rauc && settings.scheme != BootSchemeName::dunlin;
}

bool is_word_of(const std::string& text, std::size_t length_max, const char* letters) {
  return !text.empty() && text.size() <= length_max && text.find_first_not_of(letters) == std::string::npos;
}

// Why the boot loader cannot call a slot so; empty when it can.
std::string problem_of_name(const BootSettings& settings, const std::string& name) {
  const bool scheme_counts_partitions =
      settings.scheme == BootSchemeName::mender || settings.scheme == BootSchemeName::balena;
  const bool number =
      is_word_of(name, 3, "0123456789") && name[0] != '0' && (name.size() < 3 || name <= "255");
  switch (settings.backend) {
    case BootBackend::uboot:
    case BootBackend::grub:
      if (name.empty() || name.find_first_of(" \t\n=\\") != std::string::npos) return "must be one word";
      return scheme_counts_partitions && !number ? "must be the number of its partition" : "";
    case BootBackend::gpt:
    case BootBackend::tryboot:
      return number ? "" : "must be the number of its partition";
    case BootBackend::android:
      return name.size() == 2 && name[0] == '_' && name[1] >= 'a' && name[1] <= 'd'
                 ? ""
                 : "must be \"_a\" to \"_d\"";
    case BootBackend::efi:
      return name.size() == 4 && is_word_of(name, 4, "0123456789ABCDEF")
                 ? ""
                 : "must be the four hexadecimal digits of its boot entry: \"0001\" for Boot0001";
    case BootBackend::systemd_boot:
    case BootBackend::script:
      return name.empty() || name.find_first_of(" \t\n/+") != std::string::npos
                 ? "must be one word without \"/\" and \"+\""
                 : "";
  }
  return "";
}

constexpr std::uint32_t uboot_sector_size = 512;

}  // namespace

std::string to_text(BootBackend backend) {
  switch (backend) {
    case BootBackend::uboot:
      return "uboot";
    case BootBackend::grub:
      return "grub";
    case BootBackend::gpt:
      return "gpt";
    case BootBackend::android:
      return "android";
    case BootBackend::systemd_boot:
      return "systemd-boot";
    case BootBackend::tryboot:
      return "tryboot";
    case BootBackend::efi:
      return "efi";
    case BootBackend::script:
      return "script";
  }
  return "";
}

std::string default_boot_name(const BootSettings& settings, const std::string& slot, std::size_t index) {
  switch (settings.backend) {
    case BootBackend::uboot:
    case BootBackend::grub:
      break;
    case BootBackend::android:
      return std::string("_") + static_cast<char>('a' + index);
    case BootBackend::systemd_boot:
      return "dunlin-" + slot;
    case BootBackend::script:
      return slot;
    case BootBackend::gpt:
    case BootBackend::tryboot:
    case BootBackend::efi:
      return "";
  }
  switch (settings.scheme) {
    case BootSchemeName::rauc:
      return upper_case(slot);
    case BootSchemeName::mender:
    case BootSchemeName::balena:
      return std::to_string(index + 2);
    case BootSchemeName::dunlin:
    case BootSchemeName::snapd:
    case BootSchemeName::snapd_16:
      return slot;
  }
  return slot;
}

std::string problem_of(const BootSettings& settings) {
  if (has_exactly_two_slots(settings) && settings.slots.size() != 2) return "it knows exactly two slots";
  if (settings.backend == BootBackend::grub && settings.scheme == BootSchemeName::snapd)
    return "Ubuntu Core 20 on GRUB chooses by links, not by variables; \"snapd-16\" works";
  for (const BootSlot& slot : settings.slots) {
    const std::string problem = problem_of_name(settings, slot.boot_name);
    if (!problem.empty()) return "boot_name of slot \"" + slot.name + "\" " + problem;
  }
  return "";
}

Result<BootSettings> complete(Disk& disk, BootSettings settings) {
  const bool environment =
      settings.backend == BootBackend::uboot && settings.scheme != BootSchemeName::balena;
  if (!environment) return settings;
  if (!settings.fw_env_config.empty()) {
    Result<UbootSettings> read = read_fw_env_config(disk, settings.fw_env_config);
    if (!read) return fail(std::move(read.error()), "[boot_control] fw_env_config");
    settings.uboot = std::move(*read);
  }
  if (settings.uboot.copies.size() == 2 || settings.uboot.size <= uboot_sector_size) return settings;
  const UbootCopyPlace& place = settings.uboot.copies.front();
  Result<FileStatus> status = disk.status(place.path);
  if (!status) return fail(std::move(status.error()));
  const bool whole_file =
      place.offset == 0 && status->kind == FileKind::regular && status->size == settings.uboot.size;
  if (!whole_file && status->kind != FileKind::none && !settings.accept_torn_writes)
    return fail(
        ErrorKind::usage,
        "[boot_control] the U-Boot environment at " + place.path +
            " has no second copy and is larger than a sector: a power cut during a change would lose all "
            "of it. Use a redundant environment, or set accept_torn_writes = true");
  return settings;
}

std::unique_ptr<BootControl> make_boot_control(Disk& disk, ProcessRunner& runner,
                                               const BootSettings& settings) {
  switch (settings.backend) {
    case BootBackend::uboot:
    case BootBackend::grub:
      break;
    case BootBackend::gpt:
      return std::make_unique<GptBootControl>(disk, settings.path, settings.slots, settings.tries);
    case BootBackend::android:
      return std::make_unique<AndroidBootControl>(disk, settings.path, settings.slots, settings.tries);
    case BootBackend::systemd_boot:
      return std::make_unique<SystemdBootControl>(disk, settings.path, settings.slots, settings.tries);
    case BootBackend::tryboot:
      return std::make_unique<TrybootControl>(disk, settings.path, settings.reboot_parameter, settings.slots);
    case BootBackend::efi:
      return std::make_unique<EfiBootControl>(std::make_unique<EfivarfsVariables>(disk, settings.path),
                                              settings.slots);
    case BootBackend::script:
      return std::make_unique<ScriptBootControl>(runner, settings.path, settings.slots, settings.tries);
  }
  std::unique_ptr<BootScheme> scheme = make_scheme(settings);
  std::unique_ptr<BootVariableStore> store = make_store(disk, settings, scheme->own_variables());
  return std::make_unique<SchemeBootControl>(to_text(settings.backend), std::move(store), std::move(scheme));
}

}  // namespace dunlin
