#include "applier/boot/upgrade_flag_scheme.h"

#include <charconv>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr const char* flag_name = "upgrade_available";
constexpr const char* count_name = "bootcount";
constexpr const char* off_name = "dunlin_off";

// A decimal number of at most three digits; a variable that is not set is 0.
Result<int> parse_count(const BootVariables& variables, const std::string& name) {
  const std::string text = value_of(variables, name);
  if (text.empty()) return 0;
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number < 0 || number > 999)
    return fail(ErrorKind::device, name + " is \"" + text + "\", not a small number");
  return number;
}

std::string hexadecimal(const std::string& decimal) {
  unsigned number = 0;
  std::from_chars(decimal.data(), decimal.data() + decimal.size(), number);
  char text[16];
  const auto [end, code] = std::to_chars(text, text + sizeof text, number, 16);
  CHECK(code == std::errc());
  return {text, end};
}

}  // namespace

UpgradeFlagDialect mender_uboot_dialect() {
  return {"mender_boot_part",
          "mender_boot_part_hex",
          "bootlimit",
          "mender_check_saveenv_canary",
          "mender_saveenv_canary",
          1};
}

UpgradeFlagDialect mender_grub_dialect() {
  return {"mender_boot_part", "", "", "", "", 1};
}

UpgradeFlagDialect balena_uboot_dialect() {
  return {"resin_root_part", "", "", "", "", 3, true};
}

UpgradeFlagDialect balena_grub_dialect() {
  return {"resin_root_part", "", "", "", "", 1};
}

UpgradeFlagScheme::UpgradeFlagScheme(UpgradeFlagDialect dialect, std::vector<BootSlot> two_slots)
    : dialect_(std::move(dialect)), slots_(std::move(two_slots)) {
  CHECK(slots_.size() == 2);
}

std::vector<std::string> UpgradeFlagScheme::own_variables() const {
  std::vector<std::string> names{dialect_.part, flag_name, count_name, off_name};
  if (!dialect_.part_hexadecimal.empty()) names.push_back(dialect_.part_hexadecimal);
  return names;
}

Result<void> UpgradeFlagScheme::check_canary(const BootVariables& variables) const {
  if (dialect_.canary.empty() || value_of(variables, dialect_.canary_wanted) != "1") return {};
  if (value_of(variables, dialect_.canary) == "1") return {};
  return fail(ErrorKind::device,
              dialect_.canary +
                  " is not 1: the boot loader never saved this environment, so it may read "
                  "another one; check where both look for it");
}

Result<int> UpgradeFlagScheme::parse_limit(const BootVariables& variables) const {
  if (dialect_.limit_variable.empty() || value_of(variables, dialect_.limit_variable).empty())
    return dialect_.limit;
  Result<int> limit = parse_count(variables, dialect_.limit_variable);
  if (limit && *limit == 0)
    return fail(ErrorKind::device,
                dialect_.limit_variable + " is 0: the boot loader would never fall back; set it to 1");
  return limit;
}

Result<UpgradeFlagScheme::State> UpgradeFlagScheme::parse(const BootVariables& variables) const {
  Result<void> canary = check_canary(variables);
  if (!canary) return fail(std::move(canary.error()));
  State state;
  const std::string part = value_of(variables, dialect_.part);
  if (part != slots_[0].boot_name && part != slots_[1].boot_name)
    return fail(ErrorKind::device, dialect_.part + " is \"" + part + "\", but the slots are \"" +
                                       slots_[0].boot_name + "\" and \"" + slots_[1].boot_name + "\"");
  state.part = part == slots_[0].boot_name ? 0 : 1;
  const std::string flag = value_of(variables, flag_name);
  if (!flag.empty() && flag != "0" && flag != "1")
    return fail(ErrorKind::device, std::string(flag_name) + " is \"" + flag + "\", not 0 or 1");
  state.on_trial = flag == "1";
  Result<int> count = parse_count(variables, count_name);
  if (!count) return fail(std::move(count.error()));
  state.count = *count;
  Result<int> limit = parse_limit(variables);
  if (!limit) return fail(std::move(limit.error()));
  state.limit = *limit;
  state.falls_back =
      state.on_trial ? state.count >= state.limit : dialect_.limit_always && state.count > state.limit;
  state.other_is_off = value_of(variables, off_name) == slots_[1 - state.part].boot_name;
  return state;
}

UpgradeFlagScheme::State UpgradeFlagScheme::parsed(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  CHECK(state);
  return *state;
}

void UpgradeFlagScheme::write(BootVariables& variables, const State& state) const {
  variables[dialect_.part] = slots_[state.part].boot_name;
  if (!dialect_.part_hexadecimal.empty())
    variables[dialect_.part_hexadecimal] = hexadecimal(slots_[state.part].boot_name);
  variables[flag_name] = state.on_trial ? "1" : "0";
  variables[count_name] = std::to_string(state.count);
  variables[off_name] = state.other_is_off ? slots_[1 - state.part].boot_name : "0";
}

std::size_t UpgradeFlagScheme::index_of(const std::string& slot) const {
  return slots_[0].name == slot ? 0 : 1;
}

Result<BootFlags> UpgradeFlagScheme::flags_of(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  if (!state) return fail(std::move(state.error()));
  // Only a trial is counted. The other slot is what it falls back to, and nothing otherwise.
  const int uncounted = state->falls_back ? 0 : state->limit;
  const int part_left = state->on_trial ? std::max(0, state->limit - state->count) : uncounted;
  const int other_left = state->on_trial || state->falls_back ? 1 : 0;
  BootFlags flags;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool is_part = i == state->part;
    flags.slots.push_back(
        {slots_[i].name, is_part || !state->other_is_off, is_part ? part_left : other_left});
  }
  flags.next = slots_[state->falls_back ? 1 - state->part : state->part].name;
  return flags;
}

void UpgradeFlagScheme::mark_unbootable(BootVariables& variables, const std::string& slot) const {
  // Without another slot there is nothing to fall back to: what is left is no trial.
  State state;
  state.part = 1 - index_of(slot);
  state.other_is_off = true;
  write(variables, state);
}

void UpgradeFlagScheme::arm(BootVariables& variables, const std::string& slot, int tries) const {
  const State before = parsed(variables);
  const std::size_t index = index_of(slot);
  const bool way_back = index != before.part || !before.other_is_off;
  State state;
  state.part = index;
  state.on_trial = way_back;
  state.other_is_off = !way_back;
  if (way_back) state.count = std::max(0, before.limit - tries);
  write(variables, state);
}

void UpgradeFlagScheme::confirm(BootVariables& variables, const std::string& slot) const {
  const State before = parsed(variables);
  State state;
  state.part = index_of(slot);
  state.other_is_off = state.part == before.part && before.other_is_off;
  write(variables, state);
}

void UpgradeFlagScheme::refill(BootVariables& variables, const std::string& slot) const {
  State state = parsed(variables);
  if (!state.on_trial || index_of(slot) != state.part || state.count == 0) return;
  state.count = 0;
  write(variables, state);
}

}  // namespace dunlin
