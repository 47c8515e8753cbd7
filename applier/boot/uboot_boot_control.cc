#include "applier/boot/uboot_boot_control.h"

#include <charconv>

#include "applier/boot/boot_order.h"
#include "core/base/check.h"
#include "core/base/log.h"

namespace dunlin {

namespace {

// What RAUC's boot script assumes when a counter is not set.
constexpr int script_default_tries = 3;

std::string left_name(const std::string& slot) {
  return "BOOT_" + boot_name(slot) + "_LEFT";
}

// Hexadecimal without 0x. Anything else counts as none left, as in the script's `test`.
int parse_left(const BootVariables& variables, const std::string& slot) {
  const auto found = variables.find(left_name(slot));
  if (found == variables.end() || found->second.empty()) return script_default_tries;
  const std::string& text = found->second;
  int left = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), left, 16);
  const bool whole = code == std::errc() && end == text.data() + text.size() && left >= 0;
  return whole ? left : 0;
}

BootOrder order_of(const BootVariables& variables, const std::vector<std::string>& slots) {
  const auto found = variables.find("BOOT_ORDER");
  if (found != variables.end() && !found->second.empty()) return parse_boot_order(found->second);
  BootOrder order;
  for (const std::string& slot : slots) order.push_back(boot_name(slot));
  return order;
}

}  // namespace

Result<UbootCopy> UbootBootControl::load_copy(int index) {
  const UbootCopyPlace& place = settings_.copies[static_cast<std::size_t>(index)];
  Result<std::unique_ptr<File>> file = disk_.open(place.path, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<void> dropped = (*file)->drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  Bytes bytes(settings_.size);
  Result<void> done = read_exactly(**file, place.offset, bytes);
  if (!done) return fail(std::move(done.error()), place.path);
  Result<UbootCopy> copy = parse_uboot_copy(bytes);
  if (!copy) return fail(std::move(copy.error()), place.path);
  return copy;
}

Result<UbootBootControl::Loaded> UbootBootControl::load() {
  Result<UbootCopy> first = load_copy(0);
  Result<UbootCopy> second = load_copy(1);
  if (!first && !second)
    return fail(ErrorKind::device, "both copies of the U-Boot environment are damaged (" +
                                       first.error().message + "; " + second.error().message +
                                       "): write them anew with mkenvimage -r, or check environment, " +
                                       "environment_size and offsets in the configuration");
  if (!first) return Loaded{std::move(*second), 0, true};
  if (!second) return Loaded{std::move(*first), 1, true};
  if (newer_uboot_copy(first->flags, second->flags) == 1) return Loaded{std::move(*second), 0, false};
  return Loaded{std::move(*first), 1, false};
}

Result<std::unique_ptr<File>> UbootBootControl::open_for_writing(const std::string& path) {
  Result<FileStatus> status = disk_.status(path);
  if (!status) return fail(std::move(status.error()));
  // A lost file is mended like a damaged one; a lost device must not become a file.
  if (status->kind != FileKind::none || path.starts_with("/dev/"))
    return disk_.open(path, OpenMode::read_write);
  Result<std::unique_ptr<File>> made = disk_.open(path, OpenMode::create);
  if (!made) return made;
  Result<void> synced = disk_.sync_directory(path.substr(0, std::max<std::size_t>(1, path.rfind('/'))));
  if (!synced) return fail(std::move(synced.error()));
  return made;
}

Result<void> UbootBootControl::store(const Loaded& before, const BootVariables& variables) {
  if (variables == before.current.variables && !before.other_damaged) return {};
  const UbootCopyPlace& place = settings_.copies[static_cast<std::size_t>(before.other)];
  if (before.other_damaged) log_warning("mending a damaged U-Boot environment copy", {{"path", place.path}});
  const UbootCopy next{static_cast<std::uint8_t>(before.current.flags + 1), variables};
  Result<Bytes> bytes = serialise_uboot_copy(next, settings_.size);
  if (!bytes) return fail(std::move(bytes.error()));
  {
    Result<std::unique_ptr<File>> file = open_for_writing(place.path);
    if (!file) return fail(std::move(file.error()));
    Result<void> written = (*file)->write_at(place.offset, *bytes);
    if (!written) return written;
    Result<void> synced = (*file)->sync();
    if (!synced) return synced;
  }
  Result<Loaded> after = load();
  if (!after) return fail(std::move(after.error()), "reading the U-Boot environment back");
  if (after->current.variables != variables || after->current.flags != next.flags)
    return fail(ErrorKind::device, "the U-Boot environment did not keep what was written to " + place.path);
  return {};
}

BootFlags UbootBootControl::flags_of(const BootVariables& variables) const {
  const BootOrder order = order_of(variables, slots_);
  BootFlags flags;
  for (const std::string& slot : slots_)
    flags.slots.push_back({slot, contains(order, boot_name(slot)), parse_left(variables, slot)});
  for (const std::string& name : order)
    for (const SlotFlags& slot : flags.slots)
      if (flags.next.empty() && boot_name(slot.slot) == name && slot.bootable()) flags.next = slot.slot;
  return flags;
}

Result<BootFlags> UbootBootControl::read() {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  return flags_of(loaded->current.variables);
}

Result<void> UbootBootControl::mark_unbootable(const std::string& slot) {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  BootVariables variables = loaded->current.variables;
  // Out of the order, not only without tries: when no slot has tries left the script refills all of them.
  BootOrder order = order_of(variables, slots_);
  remove(order, boot_name(slot));
  if (order.empty()) return fail(ErrorKind::usage, "slot " + slot + " is the only one that can boot");
  variables["BOOT_ORDER"] = to_text(order);
  variables[left_name(slot)] = "0";
  return store(*loaded, variables);
}

Result<void> UbootBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  BootVariables variables = loaded->current.variables;
  BootOrder order = order_of(variables, slots_);
  move_to_front(order, boot_name(slot));
  variables["BOOT_ORDER"] = to_text(order);
  variables[left_name(slot)] = std::to_string(tries);
  return store(*loaded, variables);
}

Result<void> UbootBootControl::confirm(const std::string& slot) {
  return arm(slot, settings_.tries);
}

Result<void> UbootBootControl::refill(const std::string& slot) {
  Result<Loaded> loaded = load();
  if (!loaded) return fail(std::move(loaded.error()));
  BootVariables variables = loaded->current.variables;
  // A counter that is not set is the script's full one; naming it here would only wear the flash.
  if (parse_left(variables, slot) < settings_.tries)
    variables[left_name(slot)] = std::to_string(settings_.tries);
  return store(*loaded, variables);
}

}  // namespace dunlin
