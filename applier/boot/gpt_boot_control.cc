#include "applier/boot/gpt_boot_control.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr int priority_max = 15;

// The highest priority for `number`; the others keep their order and are never lowered to 0 (cgpt
// prioritize).
void prioritise(GptCopy& table, std::uint32_t number) {
  std::vector<int> ranks;
  int highest = 0;
  for (std::uint32_t other : table.same_type(number)) {
    if (other == number || table.bits(other).priority == 0) continue;
    highest = std::max(highest, table.bits(other).priority);
    ranks.push_back(table.bits(other).priority);
  }
  GptBootBits own = table.bits(number);
  if (own.priority > highest) return;
  if (highest == priority_max) {
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    for (std::uint32_t other : table.same_type(number)) {
      GptBootBits bits = table.bits(other);
      if (other == number || bits.priority == 0) continue;
      const auto rank = std::lower_bound(ranks.begin(), ranks.end(), bits.priority) - ranks.begin();
      bits.priority = std::min(static_cast<int>(rank) + 1, priority_max - 1);
      table.set_bits(other, bits);
    }
    highest = std::min(static_cast<int>(ranks.size()), priority_max - 1);
  }
  own.priority = highest + 1;
  table.set_bits(number, own);
}

}  // namespace

std::uint32_t GptBootControl::number_of(const std::string& slot) const {
  return static_cast<std::uint32_t>(std::stoul(boot_name_of(slots_, slot)));
}

Result<GptBootControl::Tables> GptBootControl::load_with(File& disk, std::uint32_t sector_size) const {
  Result<std::uint64_t> size = disk.size();
  if (!size) return fail(std::move(size.error()));
  if (*size < 4 * sector_size) return fail(ErrorKind::device, "too small for a partition table");
  Result<GptCopy> first = GptCopy::read(disk, sector_size, 1);
  const std::uint64_t last = *size / sector_size - 1;
  Result<GptCopy> second = GptCopy::read(disk, sector_size, first ? first->twin_sector() : last);
  if (!first && !second) return fail(std::move(first.error()));
  if (!first) return Tables{*second, second->twin(), "the first table: " + first.error().message};
  if (!second) return Tables{*first, first->twin(), "the second table: " + second.error().message};
  const bool same = second->has_entries_of(*first);
  return Tables{*first, *second, same ? "" : "the second table has other entries than the first"};
}

Result<GptBootControl::Tables> GptBootControl::load(File& disk) const {
  Result<void> dropped = disk.drop_cache();
  if (!dropped) return fail(std::move(dropped.error()));
  Result<Tables> tables = load_with(disk, 512);
  if (tables) return tables;
  Result<Tables> large = load_with(disk, 4096);
  if (large) return large;
  return fail(std::move(tables.error()),
              "both partition tables of " + path_ + " are damaged (see cgpt repair, sgdisk -v)");
}

Result<GptBootControl::Tables> GptBootControl::load_slots() {
  Result<std::unique_ptr<File>> file = disk_.open(path_, OpenMode::read);
  if (!file) return fail(std::move(file.error()));
  Result<Tables> tables = load(**file);
  if (!tables) return tables;
  for (const BootSlot& slot : slots_)
    if (!tables->current.has(number_of(slot.name)))
      return fail(ErrorKind::device, path_ + " has no partition " + slot.boot_name + ", slot " + slot.name);
  return tables;
}

BootFlags GptBootControl::flags_of(const GptCopy& table) const {
  BootFlags flags;
  for (const BootSlot& slot : slots_) {
    const GptBootBits bits = table.bits(number_of(slot.name));
    flags.slots.push_back({slot.name, bits.priority > 0, bits.successful ? tries_ : bits.tries});
  }
  std::uint32_t best = 0;
  int highest = 0;
  for (std::uint32_t number : table.same_type(number_of(slots_.front().name))) {
    const GptBootBits bits = table.bits(number);
    if ((bits.tries == 0 && !bits.successful) || bits.priority <= highest) continue;
    best = number;
    highest = bits.priority;
  }
  for (const BootSlot& slot : slots_)
    if (number_of(slot.name) == best) flags.next = slot.name;
  return flags;
}

Result<void> GptBootControl::store(const Tables& before, const GptCopy& wanted) {
  if (wanted == before.current && before.damage.empty()) return {};
  if (!before.damage.empty())
    log_warning("mending a copy of the partition table", {{"path", path_}, {"reason", before.damage}});
  Result<std::unique_ptr<File>> file = disk_.open(path_, OpenMode::read_write);
  if (!file) return fail(std::move(file.error()));
  Result<void> written = before.other.with_entries_of(wanted).write(**file);
  if (!written) return written;
  // What follows decides. Until it is whole the copy above is.
  if (wanted != before.current) written = wanted.write(**file);
  if (!written) return written;
  Result<Tables> after = load(**file);
  if (!after) return fail(std::move(after.error()), "reading the partition table back");
  if (!after->current.has_entries_of(wanted) || !after->damage.empty())
    return fail(ErrorKind::device, path_ + " did not keep the partition table that was written");
  return {};
}

Result<BootFlags> GptBootControl::read() {
  Result<Tables> tables = load_slots();
  if (!tables) return fail(std::move(tables.error()));
  BootFlags flags = flags_of(tables->current);
  flags.damage = tables->damage;
  return flags;
}

Result<void> GptBootControl::mark_unbootable(const std::string& slot) {
  Result<Tables> tables = load_slots();
  if (!tables) return fail(std::move(tables.error()));
  Result<void> another = check_another_is_enabled(flags_of(tables->current), slot);
  if (!another) return another;
  GptCopy wanted = tables->current;
  wanted.set_bits(number_of(slot), {});
  return store(*tables, wanted);
}

Result<void> GptBootControl::put_first(const std::string& slot, GptBootBits bits) {
  Result<Tables> tables = load_slots();
  if (!tables) return fail(std::move(tables.error()));
  GptCopy wanted = tables->current;
  bits.priority = wanted.bits(number_of(slot)).priority;
  wanted.set_bits(number_of(slot), bits);
  prioritise(wanted, number_of(slot));
  return store(*tables, wanted);
}

Result<void> GptBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  return put_first(slot, {0, tries, false});
}

Result<void> GptBootControl::confirm(const std::string& slot) {
  return put_first(slot, {0, 0, true});
}

Result<void> GptBootControl::refill(const std::string& slot) {
  Result<Tables> tables = load_slots();
  if (!tables) return fail(std::move(tables.error()));
  GptCopy wanted = tables->current;
  GptBootBits bits = wanted.bits(number_of(slot));
  // A successful slot is not counted.
  if (bits.priority > 0) wanted.set_bits(number_of(slot), {bits.priority, 0, true});
  return store(*tables, wanted);
}

}  // namespace dunlin
