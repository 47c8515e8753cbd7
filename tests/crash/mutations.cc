#include "tests/crash/mutations.h"

#include <algorithm>

#include "core/base/check.h"
#include "tests/crash/disk_layer.h"

namespace dunlin {

namespace {

const std::string grub_block = "/boot/grubenv";

bool is_slot(const std::string& path) {
  return path.starts_with("/slot-");
}

// A slot's syncs are put off until the boot flags were synced.
class LateSlotSyncs final : public DiskLayer {
 public:
  using DiskLayer::DiskLayer;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    Result<std::unique_ptr<File>> file = below_.open(path, mode);
    if (!file || (!is_slot(path) && path != grub_block)) return file;
    return std::make_unique<LateFile>(std::move(*file), *this, path);
  }

 private:
  class LateFile final : public FileLayer {
   public:
    LateFile(std::unique_ptr<File> below, LateSlotSyncs& disk, std::string path)
        : FileLayer(std::move(below)), disk_(disk), path_(std::move(path)) {}

    Result<void> sync() override {
      if (is_slot(path_)) {
        disk_.late_ = path_;
        return {};
      }
      Result<void> synced = FileLayer::sync();
      return synced ? disk_.sync_late() : synced;
    }

   private:
    LateSlotSyncs& disk_;
    std::string path_;
  };

  Result<void> sync_late() {
    if (late_.empty()) return {};
    Result<std::unique_ptr<File>> slot = below_.open(std::exchange(late_, ""), OpenMode::read);
    if (!slot) return fail(std::move(slot.error()));
    return (*slot)->sync();
  }

  std::string late_;
};

class TruncatedBlock final : public DiskLayer {
 public:
  using DiskLayer::DiskLayer;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    const bool rewrites = path == grub_block && mode == OpenMode::read_write;
    return below_.open(path, rewrites ? OpenMode::replace : mode);
  }
};

const BootWorld& world(const std::string& name) {
  const std::vector<BootWorld>& worlds = boot_worlds();
  const auto found =
      std::find_if(worlds.begin(), worlds.end(), [&](const BootWorld& each) { return each.name == name; });
  CHECK(found != worlds.end());
  return *found;
}

template <class Layer>
CrashRig grub_under() {
  return {world("grub-rauc"), [](Disk& below) { return std::make_unique<Layer>(below); }};
}

}  // namespace

std::vector<Mutation> mutations() {
  return {{"flags-before-sync", grub_under<LateSlotSyncs>(), "confirm"},
          {"grub-editenv-truncate", grub_under<TruncatedBlock>(), "confirm"},
          {"two-fw-setenv-runs", {two_setenv_runs(world("uboot-rauc")), {}}, "confirm"}};
}

}  // namespace dunlin
