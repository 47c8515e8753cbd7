#include "applier/boot/android_boot_control.h"

#include <algorithm>
#include <tuple>

#include "applier/boot/crc32.h"
#include "applier/boot/medium.h"
#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::uint32_t control_magic = 0x42414342;
constexpr std::size_t slots_at = 12;
constexpr std::size_t checksum_at = 28;
constexpr int priority_best = 15;

// What the boot loader compares, best last.
auto rank_of(const AndroidSlot& slot) {
  return std::tuple(slot.priority, slot.successful, slot.tries);
}

bool can_boot(const AndroidSlot& slot) {
  return slot.priority > 0 && !slot.verity_corrupted && (slot.tries > 0 || slot.successful);
}

}  // namespace

Result<AndroidControl> AndroidControl::parse(ByteView bytes) {
  ByteReader reader(bytes);
  reader.u32();
  const std::uint32_t magic = reader.u32();
  const std::uint8_t version = reader.u8();
  if (bytes.size() != android_control_size || magic != control_magic)
    return fail(ErrorKind::device, "there is no boot control block");
  if (version != 1)
    return fail(ErrorKind::device, "the boot control block has version " + std::to_string(version));
  ByteReader checksum(bytes.subspan(checksum_at));
  if (checksum.u32() != crc32(bytes.first(checksum_at)))
    return fail(ErrorKind::device, "the checksum of the boot control block does not fit");
  AndroidControl control;
  control.bytes_.assign(bytes.begin(), bytes.end());
  return control;
}

int AndroidControl::slot_count() const {
  return std::min(bytes_[9] & 7, 4);
}

AndroidSlot AndroidControl::slot(std::size_t index) const {
  const std::uint8_t first = bytes_[slots_at + 2 * index];
  const std::uint8_t second = bytes_[slots_at + 2 * index + 1];
  return {first & 15, first >> 4 & 7, (first & 0x80) != 0, (second & 1) != 0};
}

void AndroidControl::set_slot(std::size_t index, const AndroidSlot& slot) {
  std::uint8_t& second = bytes_[slots_at + 2 * index + 1];
  bytes_[slots_at + 2 * index] =
      static_cast<std::uint8_t>(slot.priority | slot.tries << 4 | (slot.successful ? 0x80 : 0));
  second = static_cast<std::uint8_t>((second & 0xFE) | (slot.verity_corrupted ? 1 : 0));
  ByteWriter checksum;
  checksum.u32(crc32(ByteView(bytes_).first(checksum_at)));
  std::copy(checksum.written().begin(), checksum.written().end(), bytes_.begin() + checksum_at);
}

std::size_t AndroidBootControl::index_of(const std::string& slot) const {
  return static_cast<std::size_t>(boot_name_of(slots_, slot).back() - 'a');
}

Result<AndroidControl> AndroidBootControl::load() {
  Result<std::unique_ptr<File>> file = open_on_medium(disk_, path_);
  if (!file) return fail(std::move(file.error()));
  Bytes bytes(android_control_size);
  Result<void> done = read_exactly(**file, android_control_offset, bytes);
  if (!done) return fail(std::move(done.error()));
  Result<AndroidControl> control = AndroidControl::parse(bytes);
  if (!control) return fail(std::move(control.error()), path_ + " at offset 2048");
  for (const BootSlot& slot : slots_)
    if (static_cast<int>(index_of(slot.name)) >= control->slot_count())
      return fail(ErrorKind::device, "the boot control block has no slot " + slot.boot_name);
  return control;
}

Result<void> AndroidBootControl::store(const AndroidControl& before, const AndroidControl& wanted) {
  if (wanted == before) return {};
  Result<void> written = overwrite_in_place(disk_, path_, android_control_offset, wanted.bytes());
  if (!written) return written;
  Result<AndroidControl> after = load();
  if (!after) return fail(std::move(after.error()), "reading the boot control block back");
  if (*after != wanted) return fail(ErrorKind::device, path_ + " did not keep what was written");
  return {};
}

BootFlags AndroidBootControl::flags_of(const AndroidControl& control) const {
  BootFlags flags;
  const AndroidSlot* best = nullptr;
  std::vector<AndroidSlot> found;
  found.reserve(slots_.size());
  for (const BootSlot& slot : slots_) {
    const AndroidSlot& state = found.emplace_back(control.slot(index_of(slot.name)));
    const bool enabled = state.priority > 0 && !state.verity_corrupted;
    flags.slots.push_back({slot.name, enabled, state.successful ? tries_ : state.tries});
    if (!can_boot(state) || (best != nullptr && rank_of(state) <= rank_of(*best))) continue;
    best = &state;
    flags.next = slot.name;
  }
  return flags;
}

Result<BootFlags> AndroidBootControl::read() {
  Result<AndroidControl> control = load();
  if (!control) return fail(std::move(control.error()));
  return flags_of(*control);
}

Result<void> AndroidBootControl::mark_unbootable(const std::string& slot) {
  Result<AndroidControl> control = load();
  if (!control) return fail(std::move(control.error()));
  Result<void> another = check_another_is_enabled(flags_of(*control), slot);
  if (!another) return another;
  AndroidControl wanted = *control;
  wanted.set_slot(index_of(slot), {});
  return store(*control, wanted);
}

// As setActiveBootSlot() of Android's HAL: the others are lowered below the best priority.
Result<void> AndroidBootControl::put_first(const std::string& slot, int tries, bool successful) {
  Result<AndroidControl> control = load();
  if (!control) return fail(std::move(control.error()));
  AndroidControl wanted = *control;
  for (const BootSlot& other : slots_) {
    AndroidSlot state = wanted.slot(index_of(other.name));
    if (other.name == slot || state.priority < priority_best) continue;
    state.priority = priority_best - 1;
    wanted.set_slot(index_of(other.name), state);
  }
  wanted.set_slot(index_of(slot), {priority_best, tries, successful, false});
  return store(*control, wanted);
}

Result<void> AndroidBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  return put_first(slot, tries, false);
}

Result<void> AndroidBootControl::confirm(const std::string& slot) {
  return put_first(slot, 1, true);
}

Result<void> AndroidBootControl::refill(const std::string& slot) {
  Result<AndroidControl> control = load();
  if (!control) return fail(std::move(control.error()));
  AndroidControl wanted = *control;
  AndroidSlot state = wanted.slot(index_of(slot));
  // As markBootSuccessful(): a successful slot is not counted.
  if (state.priority > 0 && !state.successful)
    wanted.set_slot(index_of(slot), {state.priority, 1, true, state.verity_corrupted});
  return store(*control, wanted);
}

}  // namespace dunlin
