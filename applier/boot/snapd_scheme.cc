#include "applier/boot/snapd_scheme.h"

#include "core/base/check.h"

namespace dunlin {

namespace {

std::string current_name(const std::string& what) {
  return "snap_" + what;
}

std::string trial_name(const std::string& what) {
  return "snap_try_" + what;
}

}  // namespace

SnapdScheme::SnapdScheme(SnapdEdition edition, std::vector<BootSlot> two_slots)
    : mode_name_(edition == SnapdEdition::core_16 ? "snap_mode" : "kernel_status"),
      what_(edition == SnapdEdition::core_16 ? std::vector<std::string>{"kernel", "core"}
                                             : std::vector<std::string>{"kernel"}),
      slots_(std::move(two_slots)) {
  CHECK(slots_.size() == 2);
}

std::vector<std::string> SnapdScheme::own_variables() const {
  std::vector<std::string> names{mode_name_};
  for (const std::string& what : what_) {
    names.push_back(current_name(what));
    names.push_back(trial_name(what));
  }
  return names;
}

Result<SnapdScheme::State> SnapdScheme::parse(const BootVariables& variables) const {
  State state;
  const std::string current = value_of(variables, current_name("kernel"));
  for (const std::string& what : what_)
    if (value_of(variables, current_name(what)) != current)
      return fail(ErrorKind::device, "snap_core and snap_kernel name different slots");
  if (current != slots_[0].boot_name && current != slots_[1].boot_name)
    return fail(ErrorKind::device, "snap_kernel is \"" + current + "\", which is no slot");
  state.current = current == slots_[0].boot_name ? 0 : 1;
  state.other_enabled = true;
  for (const std::string& what : what_)
    if (value_of(variables, trial_name(what)) != slots_[1 - state.current].boot_name)
      state.other_enabled = false;
  state.mode = value_of(variables, mode_name_);
  if (!state.mode.empty() && state.mode != "try" && state.mode != "trying")
    return fail(ErrorKind::device, mode_name_ + " is \"" + state.mode + "\", not \"try\" or \"trying\"");
  if (state.mode == "try" && !state.other_enabled)
    return fail(ErrorKind::device, mode_name_ + " is \"try\", but snap_try_kernel names no other slot");
  return state;
}

SnapdScheme::State SnapdScheme::parsed(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  CHECK(state);
  return std::move(*state);
}

void SnapdScheme::write(BootVariables& variables, const State& state) const {
  variables[mode_name_] = state.mode;
  for (const std::string& what : what_) {
    variables[current_name(what)] = slots_[state.current].boot_name;
    variables[trial_name(what)] = state.other_enabled ? slots_[1 - state.current].boot_name : "";
  }
}

Result<BootFlags> SnapdScheme::flags_of(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  if (!state) return fail(std::move(state.error()));
  const bool armed = state->mode == "try";
  BootFlags flags;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const bool is_current = i == state->current;
    flags.slots.push_back({slots_[i].name, is_current || state->other_enabled, is_current || armed ? 1 : 0});
  }
  flags.next = slots_[armed ? 1 - state->current : state->current].name;
  return flags;
}

void SnapdScheme::mark_unbootable(BootVariables& variables, const std::string& slot) const {
  write(variables, {1 - index_of(slot), false, ""});
}

void SnapdScheme::arm(BootVariables& variables, const std::string& slot, int) const {
  const State before = parsed(variables);
  const std::size_t index = index_of(slot);
  if (index == before.current && !before.other_enabled) return write(variables, {index, false, ""});
  write(variables, {1 - index, true, "try"});
}

void SnapdScheme::confirm(BootVariables& variables, const std::string& slot) const {
  const State before = parsed(variables);
  const std::size_t index = index_of(slot);
  write(variables, {index, index != before.current || before.other_enabled, ""});
}

void SnapdScheme::refill(BootVariables&, const std::string&) const {}

}  // namespace dunlin
