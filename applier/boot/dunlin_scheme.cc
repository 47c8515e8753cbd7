#include "applier/boot/dunlin_scheme.h"

#include <algorithm>

#include "applier/boot/boot_order.h"
#include "core/base/check.h"

namespace dunlin {

std::vector<std::string> DunlinScheme::own_variables() const {
  return {"dunlin_slot", "dunlin_try", "dunlin_tries", "dunlin_off"};
}

bool DunlinScheme::knows(const std::string& name) const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [&](const BootSlot& slot) { return slot.boot_name == name; });
}

Result<DunlinScheme::State> DunlinScheme::parse(const BootVariables& variables) const {
  State state;
  state.slot = value_of(variables, "dunlin_slot");
  if (state.slot.empty()) state.slot = slots_.front().boot_name;
  if (!knows(state.slot))
    return fail(ErrorKind::device, "dunlin_slot is \"" + state.slot + "\", which is no slot");
  state.trial = value_of(variables, "dunlin_try");
  if (!state.trial.empty() && !knows(state.trial))
    return fail(ErrorKind::device, "dunlin_try is \"" + state.trial + "\", which is no slot");
  const std::string tries = value_of(variables, "dunlin_tries");
  if (tries.size() > 1 || (tries.size() == 1 && (tries[0] < '0' || tries[0] > '9')))
    return fail(ErrorKind::device, "dunlin_tries is \"" + tries + "\", not one digit");
  if (!state.trial.empty() && !tries.empty()) state.tries = tries[0] - '0';
  state.off = parse_boot_order(value_of(variables, "dunlin_off"));
  return state;
}

DunlinScheme::State DunlinScheme::parsed(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  CHECK(state);
  return std::move(*state);
}

void DunlinScheme::write(BootVariables& variables, const State& state) {
  variables["dunlin_slot"] = state.slot;
  variables["dunlin_try"] = state.trial;
  variables["dunlin_tries"] = std::to_string(state.tries);
  variables["dunlin_off"] = to_text(state.off);
}

Result<BootFlags> DunlinScheme::flags_of(const BootVariables& variables) const {
  Result<State> state = parse(variables);
  if (!state) return fail(std::move(state.error()));
  const std::string next = state->tries > 0 ? state->trial : state->slot;
  BootFlags flags;
  for (const BootSlot& slot : slots_) {
    const std::string& name = slot.boot_name;
    const int uncounted = name == state->slot ? tries_max_ : 0;
    flags.slots.push_back({slot.name, name == next || name == state->slot || !contains(state->off, name),
                           name == state->trial && state->tries > 0 ? state->tries : uncounted});
    if (name == next) flags.next = slot.name;
  }
  return flags;
}

// The enabled slot that is booted when `name` is not; empty when there is none.
std::string DunlinScheme::another(const State& state, const std::string& name) const {
  if (state.slot != name) return state.slot;
  for (const BootSlot& slot : slots_)
    if (slot.boot_name != name && !contains(state.off, slot.boot_name)) return slot.boot_name;
  return "";
}

void DunlinScheme::mark_unbootable(BootVariables& variables, const std::string& slot) const {
  State state = parsed(variables);
  const std::string name = boot_name_of(slots_, slot);
  state.slot = another(state, name);
  if (state.trial == name) state.trial.clear();
  if (state.trial.empty()) state.tries = 0;
  if (!contains(state.off, name)) state.off.push_back(name);
  remove(state.off, state.slot);
  write(variables, state);
}

void DunlinScheme::arm(BootVariables& variables, const std::string& slot, int tries) const {
  State state = parsed(variables);
  const std::string name = boot_name_of(slots_, slot);
  remove(state.off, name);
  const std::string fallback = another(state, name);
  if (!fallback.empty()) state.slot = fallback;
  state.trial = name;
  state.tries = tries;
  write(variables, state);
}

void DunlinScheme::confirm(BootVariables& variables, const std::string& slot) const {
  State state = parsed(variables);
  const std::string name = boot_name_of(slots_, slot);
  remove(state.off, name);
  state.slot = name;
  state.trial.clear();
  state.tries = 0;
  write(variables, state);
}

void DunlinScheme::refill(BootVariables& variables, const std::string& slot) const {
  State state = parsed(variables);
  if (state.trial != boot_name_of(slots_, slot) || state.tries == 0) return;
  state.tries = tries_max_;
  write(variables, state);
}

}  // namespace dunlin
