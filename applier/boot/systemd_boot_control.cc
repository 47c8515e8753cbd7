#include "applier/boot/systemd_boot_control.h"

#include <algorithm>
#include <charconv>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::uint64_t entry_size_max = 64 * 1024;

// The boot loader's order within one sort-key: bad ones last, then the highest version. What it does not see
// is behind everything.
template <class Entry>
bool comes_first(const Entry& one, const Entry& other) {
  if (one.name.off != other.name.off) return other.name.off;
  if (one.name.is_bad() != other.name.is_bad()) return other.name.is_bad();
  return one.version > other.version;
}

}  // namespace

const SystemdBootControl::Entry* SystemdBootControl::Entries::of(const std::string& slot) const {
  const auto found =
      std::find_if(current.begin(), current.end(), [&](const Entry& entry) { return entry.slot == slot; });
  return found == current.end() ? nullptr : &*found;
}

Result<SystemdBootControl::Entry> SystemdBootControl::load_entry(const std::string& slot,
                                                                 const BootEntryName& name) {
  const std::string path = folder_ + "/" + to_text(name);
  Result<std::string> text = read_text(disk_, path, entry_size_max);
  if (!text) return fail(std::move(text.error()));
  Entry entry{slot, name, std::move(*text), 0};
  if (entry.text.empty()) return entry;
  const std::string version = entry_value(entry.text, "version");
  const auto [end, code] = std::from_chars(version.data(), version.data() + version.size(), entry.version);
  if (code != std::errc() || end != version.data() + version.size())
    return fail(ErrorKind::device, path + " needs a line \"version N\" with a number: it decides the order");
  if (entry_value(entry.text, "sort-key").empty())
    return fail(ErrorKind::device,
                path + " needs a line \"sort-key dunlin\": without it names decide the order");
  return entry;
}

Result<SystemdBootControl::Entries> SystemdBootControl::load() {
  Result<std::vector<std::string>> files = disk_.list(folder_);
  if (!files) return fail(std::move(files.error()));
  Entries entries;
  std::string sort_key;
  for (const BootSlot& slot : slots_) {
    std::vector<Entry> found;
    for (const std::string& file : *files) {
      const std::optional<BootEntryName> name = parse_boot_entry_name(file);
      if (!name || name->id != slot.boot_name) continue;
      Result<Entry> entry = load_entry(slot.name, *name);
      if (!entry) return fail(std::move(entry.error()));
      // What a power cut left of a new name on FAT. The boot loader does not take it for an entry either.
      if (entry->text.empty()) continue;
      const std::string key = entry_value(entry->text, "sort-key");
      if (!sort_key.empty() && key != sort_key)
        return fail(ErrorKind::device, folder_ + "/" + file + " has another sort-key than the other slots");
      sort_key = key;
      found.push_back(std::move(*entry));
    }
    if (found.empty())
      return fail(ErrorKind::device,
                  folder_ + " has no entry " + slot.boot_name + ".conf for slot " + slot.name);
    std::stable_sort(found.begin(), found.end(), comes_first<Entry>);
    entries.current.push_back(std::move(found.front()));
    std::move(found.begin() + 1, found.end(), std::back_inserter(entries.stale));
  }
  return entries;
}

BootFlags SystemdBootControl::flags_of(const Entries& entries) const {
  BootFlags flags;
  const Entry* best = nullptr;
  for (const Entry& entry : entries.current) {
    flags.slots.push_back({entry.slot, !entry.name.off, entry.name.left.value_or(tries_)});
    const bool can_boot = !entry.name.off && !entry.name.is_bad();
    if (can_boot && (best == nullptr || comes_first(entry, *best))) best = &entry;
  }
  if (best != nullptr) flags.next = best->slot;
  return flags;
}

Result<BootFlags> SystemdBootControl::read() {
  Result<Entries> entries = load();
  if (!entries) return fail(std::move(entries.error()));
  return flags_of(*entries);
}

Result<void> SystemdBootControl::remove_stale(const Entries& entries, const std::string& slot) {
  bool removed = false;
  for (const Entry& entry : entries.stale) {
    if (entry.slot != slot) continue;
    Result<void> done = disk_.remove(folder_ + "/" + to_text(entry.name));
    if (!done) return done;
    removed = true;
  }
  return removed ? disk_.sync_directory(folder_) : Result<void>();
}

Result<void> SystemdBootControl::check_kept(const std::string& slot, const BootEntryName& name) {
  Result<Entries> after = load();
  if (!after) return fail(std::move(after.error()), "reading the boot entries back");
  if (after->of(slot)->name != name)
    return fail(ErrorKind::device, folder_ + " did not keep the entry " + to_text(name));
  return {};
}

// The slot's entry under a new name, above all others when asked; the old file goes last.
Result<void> SystemdBootControl::put(const Entries& before, const std::string& slot, BootEntryName name,
                                     bool on_top) {
  const Entry& old = *before.of(slot);
  std::uint64_t version = old.version;
  for (const std::vector<Entry>& list : {before.current, before.stale})
    for (const Entry& entry : list)
      if (on_top && (entry.slot != slot || entry.name != old.name) && entry.version >= version)
        version = entry.version + 1;
  Result<void> clean = remove_stale(before, slot);
  if (!clean) return clean;
  if (name == old.name && version == old.version) return {};
  const std::string text =
      version == old.version ? old.text : with_entry_value(old.text, "version", std::to_string(version));
  Result<void> written = write_file_atomically(disk_, folder_ + "/" + to_text(name), as_bytes(text));
  if (!written) return written;
  if (name != old.name) {
    Result<void> removed = disk_.remove(folder_ + "/" + to_text(old.name));
    if (!removed) return removed;
    Result<void> synced = disk_.sync_directory(folder_);
    if (!synced) return synced;
  }
  return check_kept(slot, name);
}

Result<void> SystemdBootControl::mark_unbootable(const std::string& slot) {
  Result<Entries> entries = load();
  if (!entries) return fail(std::move(entries.error()));
  Result<void> another = check_another_is_enabled(flags_of(*entries), slot);
  if (!another) return another;
  return put(*entries, slot, {boot_name_of(slots_, slot), std::nullopt, 0, true}, false);
}

Result<void> SystemdBootControl::arm(const std::string& slot, int tries) {
  CHECK(tries >= 1 && tries <= tries_max());
  Result<Entries> entries = load();
  if (!entries) return fail(std::move(entries.error()));
  return put(*entries, slot, {boot_name_of(slots_, slot), tries, 0, false}, true);
}

Result<void> SystemdBootControl::confirm(const std::string& slot) {
  Result<Entries> entries = load();
  if (!entries) return fail(std::move(entries.error()));
  return put(*entries, slot, {boot_name_of(slots_, slot), std::nullopt, 0, false}, true);
}

Result<void> SystemdBootControl::refill(const std::string& slot) {
  Result<Entries> entries = load();
  if (!entries) return fail(std::move(entries.error()));
  if (entries->of(slot)->name.off) return {};
  // A good entry is not counted.
  return put(*entries, slot, {boot_name_of(slots_, slot), std::nullopt, 0, false}, false);
}

}  // namespace dunlin
