#include "applier/boot/script_boot_control.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "core/base/check.h"

namespace dunlin {

namespace {

std::optional<std::string> slot_called(const std::vector<BootSlot>& slots, const std::string& boot_name) {
  for (const BootSlot& slot : slots)
    if (slot.boot_name == boot_name) return slot.name;
  return std::nullopt;
}

Result<void> add_flags_line(BootFlags& flags, const std::string& line, const std::vector<BootSlot>& slots) {
  std::istringstream words(line);
  std::string kind;
  std::string name;
  std::string state;
  std::string tries;
  std::string rest;
  words >> kind >> name;
  const std::optional<std::string> slot = slot_called(slots, name);
  if (kind == "next" && (slot || name == "-") && !(words >> rest)) {
    flags.next = slot.value_or("");
    return {};
  }
  words >> state >> tries;
  const bool is_slot = kind == "slot" && slot && (state == "enabled" || state == "off") &&
                       tries.size() == 1 && tries[0] >= '0' && tries[0] <= '9' && !(words >> rest);
  if (!is_slot) return fail(ErrorKind::device, "it printed \"" + line + "\"");
  flags.slots.push_back({*slot, state == "enabled", tries[0] - '0'});
  return {};
}

}  // namespace

Result<BootFlags> parse_script_flags(std::string_view text, const std::vector<BootSlot>& slots) {
  BootFlags found;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    Result<void> added = add_flags_line(found, line, slots);
    if (!added) return fail(std::move(added.error()));
  }
  BootFlags flags{{}, found.next};
  for (const BootSlot& slot : slots) {
    const auto count = std::count_if(found.slots.begin(), found.slots.end(),
                                     [&](const SlotFlags& known) { return known.slot == slot.name; });
    if (count != 1)
      return fail(ErrorKind::device,
                  "it must print one line for slot " + slot.boot_name + ", not " + std::to_string(count));
    flags.slots.push_back(found.of(slot.name));
  }
  return flags;
}

std::string to_text(const BootFlags& flags, const std::vector<BootSlot>& slots) {
  std::string text;
  for (const SlotFlags& slot : flags.slots)
    text += "slot " + boot_name_of(slots, slot.slot) + (slot.enabled ? " enabled " : " off ") +
            std::to_string(slot.tries_left) + "\n";
  return text + "next " + (flags.next.empty() ? "-" : boot_name_of(slots, flags.next)) + "\n";
}

Result<std::string> ScriptBootControl::call(std::vector<std::string> words) {
  words.insert(words.begin(), program_);
  return run_or_fail(runner_, std::move(words));
}

Result<BootFlags> ScriptBootControl::read() {
  Result<std::string> text = call({"flags"});
  if (!text) return fail(std::move(text.error()));
  Result<BootFlags> flags = parse_script_flags(*text, slots_);
  if (!flags) return fail(std::move(flags.error()), program_ + " flags");
  return flags;
}

Result<BootFlags> ScriptBootControl::change(std::vector<std::string> words) {
  Result<std::string> done = call(std::move(words));
  if (!done) return fail(std::move(done.error()));
  Result<BootFlags> flags = read();
  if (!flags) return fail(std::move(flags.error()), "reading the boot flags back");
  return flags;
}

Result<void> ScriptBootControl::mark_unbootable(const std::string& slot) {
  Result<BootFlags> before = read();
  if (!before) return fail(std::move(before.error()));
  Result<void> another = check_another_is_enabled(*before, slot);
  if (!another) return another;
  Result<BootFlags> after = change({"unbootable", boot_name_of(slots_, slot)});
  if (!after) return fail(std::move(after.error()));
  if (after->of(slot).enabled || after->next == slot)
    return fail(ErrorKind::device, program_ + " did not make slot " + slot + " unbootable");
  return {};
}

Result<void> ScriptBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  Result<BootFlags> after = change({"arm", boot_name_of(slots_, slot), std::to_string(tries)});
  if (!after) return fail(std::move(after.error()));
  if (after->next != slot || !after->of(slot).bootable())
    return fail(ErrorKind::device, program_ + " did not arm slot " + slot);
  return {};
}

Result<void> ScriptBootControl::confirm(const std::string& slot) {
  Result<BootFlags> after = change({"confirm", boot_name_of(slots_, slot)});
  if (!after) return fail(std::move(after.error()));
  if (after->next != slot) return fail(ErrorKind::device, program_ + " did not confirm slot " + slot);
  return {};
}

Result<void> ScriptBootControl::refill(const std::string& slot) {
  Result<BootFlags> after = change({"refill", boot_name_of(slots_, slot)});
  return after ? Result<void>() : fail(std::move(after.error()));
}

}  // namespace dunlin
