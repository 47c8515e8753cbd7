#include "applier/boot/efi_boot_control.h"

#include <algorithm>

#include "core/base/check.h"

namespace dunlin {

namespace {

Result<std::vector<std::uint16_t>> parse_numbers(const std::optional<Bytes>& data, const char* name) {
  std::vector<std::uint16_t> numbers;
  if (!data) return numbers;
  if (data->size() % 2 != 0)
    return fail(ErrorKind::device, std::string("the EFI variable ") + name + " has an odd length");
  ByteReader reader(*data);
  while (!reader.at_end()) numbers.push_back(reader.u16());
  return numbers;
}

bool holds(const std::vector<std::uint16_t>& order, std::uint16_t number) {
  return std::find(order.begin(), order.end(), number) != order.end();
}

}  // namespace

std::uint16_t EfiBootControl::number_of(const std::string& slot) const {
  return static_cast<std::uint16_t>(std::stoul(boot_name_of(slots_, slot), nullptr, 16));
}

Result<EfiBootControl::State> EfiBootControl::load() {
  Result<std::optional<Bytes>> order = variables_->read("BootOrder");
  if (!order) return fail(std::move(order.error()));
  Result<std::optional<Bytes>> next = variables_->read("BootNext");
  if (!next) return fail(std::move(next.error()));
  Result<std::vector<std::uint16_t>> numbers = parse_numbers(*order, "BootOrder");
  if (!numbers) return fail(std::move(numbers.error()));
  Result<std::vector<std::uint16_t>> one = parse_numbers(*next, "BootNext");
  if (!one) return fail(std::move(one.error()));
  for (const BootSlot& slot : slots_) {
    Result<std::optional<Bytes>> entry = variables_->read("Boot" + slot.boot_name);
    if (!entry) return fail(std::move(entry.error()));
    if (!*entry)
      return fail(ErrorKind::device, "there is no EFI variable Boot" + slot.boot_name + " for slot " +
                                         slot.name + ": make it with efibootmgr --create-only");
  }
  State state{std::move(*numbers), {}};
  if (!one->empty()) state.next = one->front();
  return state;
}

BootFlags EfiBootControl::flags_of(const State& state) const {
  BootFlags flags;
  const std::optional<std::uint16_t> first =
      state.order.empty() ? std::nullopt : std::optional(state.order.front());
  for (const BootSlot& slot : slots_) {
    const std::uint16_t number = number_of(slot.name);
    const bool picked = number == state.next || number == first;
    flags.slots.push_back({slot.name, number == state.next || holds(state.order, number), picked ? 1 : 0});
    if (number == (state.next ? state.next : first)) flags.next = slot.name;
  }
  return flags;
}

Result<void> EfiBootControl::store_order(const State& state) {
  ByteWriter writer;
  for (std::uint16_t number : state.order) writer.u16(number);
  return variables_->write("BootOrder", writer.written());
}

Result<void> EfiBootControl::store_next(const State& state) {
  if (!state.next) return variables_->remove("BootNext");
  ByteWriter writer;
  writer.u16(*state.next);
  return variables_->write("BootNext", writer.written());
}

Result<void> EfiBootControl::check_kept(const State& wanted) {
  Result<State> after = load();
  if (!after) return fail(std::move(after.error()), "reading the EFI variables back");
  if (*after != wanted) return fail(ErrorKind::device, "the firmware did not keep its boot variables");
  return {};
}

Result<BootFlags> EfiBootControl::read() {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  return flags_of(*state);
}

Result<void> EfiBootControl::mark_unbootable(const std::string& slot) {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  Result<void> another = check_another_is_enabled(flags_of(*state), slot);
  if (!another) return another;
  State wanted = *state;
  std::erase(wanted.order, number_of(slot));
  if (wanted.next == number_of(slot)) wanted.next.reset();
  // A slot that is armed only must not be lost with the order: it becomes the order.
  if (wanted.order.empty() && wanted.next) wanted.order.push_back(*wanted.next);
  if (wanted.next != state->next) {
    Result<void> stored = store_next(wanted);
    if (!stored) return stored;
  }
  if (wanted.order != state->order) {
    Result<void> stored = store_order(wanted);
    if (!stored) return stored;
  }
  return check_kept(wanted);
}

// Last in the order, so that it is known as a slot to boot from after its try; the others keep their places,
// except that it does not stay in front of them.
Result<void> EfiBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries == 1);
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  State wanted = *state;
  std::erase(wanted.order, number_of(slot));
  wanted.order.push_back(number_of(slot));
  wanted.next = number_of(slot);
  // The try is written first when the slot was the default: at no moment does the next boot leave it.
  const bool was_first = !state->order.empty() && state->order.front() == number_of(slot);
  if (was_first && wanted.next != state->next) {
    Result<void> stored = store_next(wanted);
    if (!stored) return stored;
  }
  if (wanted.order != state->order) {
    Result<void> stored = store_order(wanted);
    if (!stored) return stored;
  }
  if (!was_first && wanted.next != state->next) {
    Result<void> stored = store_next(wanted);
    if (!stored) return stored;
  }
  return check_kept(wanted);
}

Result<void> EfiBootControl::confirm(const std::string& slot) {
  Result<State> state = load();
  if (!state) return fail(std::move(state.error()));
  State wanted = *state;
  std::erase(wanted.order, number_of(slot));
  wanted.order.insert(wanted.order.begin(), number_of(slot));
  wanted.next.reset();
  if (wanted.order != state->order) {
    Result<void> stored = store_order(wanted);
    if (!stored) return stored;
  }
  if (wanted.next != state->next) {
    Result<void> stored = store_next(wanted);
    if (!stored) return stored;
  }
  return check_kept(wanted);
}

Result<void> EfiBootControl::refill(const std::string&) {
  Result<State> state = load();
  return state ? Result<void>() : fail(std::move(state.error()));
}

}  // namespace dunlin
