#include "applier/boot/scheme_boot_control.h"

#include "core/base/check.h"

namespace dunlin {

Result<SchemeBootControl::Loaded> SchemeBootControl::load() {
  Result<BootVariables> variables = store_->load();
  if (!variables) return fail(std::move(variables.error()));
  Result<BootFlags> flags = scheme_->flags_of(*variables);
  if (!flags) return fail(std::move(flags.error()), "the boot loader's variables");
  return Loaded{std::move(*variables), std::move(*flags)};
}

Result<BootFlags> SchemeBootControl::read() {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  loaded->flags.damage = store_->damage();
  return std::move(loaded->flags);
}

Result<void> SchemeBootControl::mark_unbootable(const std::string& slot) {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  Result<void> another = check_another_is_enabled(loaded->flags, slot);
  if (!another) return another;
  scheme_->mark_unbootable(loaded->variables, slot);
  return store_->store(loaded->variables);
}

Result<void> SchemeBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  scheme_->arm(loaded->variables, slot, tries);
  return store_->store(loaded->variables);
}

Result<void> SchemeBootControl::confirm(const std::string& slot) {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  scheme_->confirm(loaded->variables, slot);
  return store_->store(loaded->variables);
}

Result<void> SchemeBootControl::refill(const std::string& slot) {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  scheme_->refill(loaded->variables, slot);
  return store_->store(loaded->variables);
}

}  // namespace dunlin
