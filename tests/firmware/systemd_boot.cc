#include "tests/firmware/systemd_boot.h"

#include <algorithm>

#include "applier/boot/boot_entry.h"
#include "tests/firmware/world_control.h"

namespace dunlin {

namespace {

const std::string entry_folder = "/boot/loader/entries";

struct SeenEntry {
  std::string file;
  BootEntryName name;
  unsigned long version = 0;
  std::string root;
};

class SystemdBoot final : public FirmwareModel {
 public:
  std::string boot(Disk& disk) override {
    std::vector<SeenEntry> entries = see(disk);
    if (entries.empty()) return "";
    // boot_entry_compare(): no tries left goes last, then version, then id, newest first.
    std::stable_sort(entries.begin(), entries.end(), [](const SeenEntry& one, const SeenEntry& other) {
      if (one.name.is_bad() != other.name.is_bad()) return other.name.is_bad();
      if (one.version != other.version) return one.version > other.version;
      return one.name.id > other.name.id;
    });
    const SeenEntry& chosen = entries.front();
    if (chosen.name.left.value_or(0) > 0 && !count(disk, chosen)) return "";
    return chosen.root;
  }

 private:
  static std::vector<SeenEntry> see(Disk& disk) {
    std::vector<SeenEntry> entries;
    Result<std::vector<std::string>> files = disk.list(entry_folder);
    if (!files) return entries;
    for (const std::string& file : *files) {
      const std::optional<BootEntryName> name = parse_boot_entry_name(file);
      Result<std::string> text = read_text(disk, entry_folder + "/" + file, 4096);
      // Without a kernel it is no entry.
      if (!name || name->off || !text || entry_value(*text, "linux").empty()) continue;
      const std::string options = entry_value(*text, "options");
      entries.push_back({file, *name, std::stoul("0" + entry_value(*text, "version")),
                         options.substr(options.rfind('=') + 1)});
    }
    return entries;
  }
  // boot_entry_bump_counters()
  static bool count(Disk& disk, const SeenEntry& entry) {
    BootEntryName next = entry.name;
    next.left = *next.left - 1;
    ++next.done;
    return disk.rename(entry_folder + "/" + entry.file, entry_folder + "/" + to_text(next)) &&
           disk.sync_directory(entry_folder);
  }
};

std::string entry_text(const std::string& slot, int version) {
  return "title dunlin\nsort-key dunlin\nversion " + std::to_string(version) + "\nlinux /" + slot +
         "-vmlinuz\noptions quiet dunlin.slot=" + slot + "\n";
}

}  // namespace

BootWorld systemd_boot_world() {
  return {"systemd-boot",
          [](FakeDisk& disk) {
            disk.put(entry_folder + "/dunlin-a.conf", entry_text("a", 2));
            disk.put(entry_folder + "/dunlin-b.conf", entry_text("b", 1));
            disk.put(entry_folder + "/rescue.conf.bak", "");
          },
          [](Disk& disk) {
            BootSettings settings{
                BootBackend::systemd_boot, BootSchemeName::rauc, {{"a", "dunlin-a"}, {"b", "dunlin-b"}}};
            settings.path = entry_folder;
            return world_control(disk, settings);
          },
          [] { return std::make_unique<SystemdBoot>(); }};
}

}  // namespace dunlin
