#include "applier/boot/boot_settings.h"

#include "applier/boot/balena_store.h"
#include "applier/boot/dunlin_scheme.h"
#include "applier/boot/grub_store.h"
#include "applier/boot/mender_grub_store.h"
#include "applier/boot/rauc_grub_scheme.h"
#include "applier/boot/rauc_uboot_scheme.h"
#include "applier/boot/scheme_boot_control.h"
#include "applier/boot/snapd_scheme.h"
#include "applier/boot/upgrade_flag_scheme.h"

namespace dunlin {

namespace {

// GRUB's language cannot count; the boot script spells out each step.
constexpr int dunlin_grub_tries_max = 3;
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

bool has_exactly_two_slots(BootSchemeName scheme) {
  return scheme != BootSchemeName::rauc && scheme != BootSchemeName::dunlin;
}

bool numbers_partitions(BootSchemeName scheme) {
  return scheme == BootSchemeName::mender || scheme == BootSchemeName::balena;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string default_boot_name(const BootSettings& settings, const std::string& slot, std::size_t index) {
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
  if (has_exactly_two_slots(settings.scheme) && settings.slots.size() != 2)
    return "this scheme knows exactly two slots";
  if (settings.backend == BootBackend::grub && settings.scheme == BootSchemeName::snapd)
    return "Ubuntu Core 20 on GRUB chooses by links, not by variables; \"snapd-16\" works";
  for (const BootSlot& slot : settings.slots)
    if (numbers_partitions(settings.scheme) && !is_number(slot.boot_name))
      return "boot_name of slot \"" + slot.name + "\" must be the number of its partition";
  return "";
}

std::unique_ptr<BootControl> make_boot_control(Disk& disk, ProcessRunner&, const BootSettings& settings) {
  std::unique_ptr<BootScheme> scheme = make_scheme(settings);
  std::unique_ptr<BootVariableStore> store = make_store(disk, settings, scheme->own_variables());
  return std::make_unique<SchemeBootControl>(settings.backend == BootBackend::uboot ? "uboot" : "grub",
                                             std::move(store), std::move(scheme));
}

}  // namespace dunlin
