#pragma once
#include <memory>
#include <vector>

#include "applier/boot/uboot_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// Where one copy of the environment lies: a file or a device, and the offset in it.
struct UbootCopyPlace {
  std::string path;
  std::uint64_t offset = 0;
};

struct UbootSettings {
  std::vector<UbootCopyPlace> copies;  // two: redundant; one: single
  std::uint32_t size = 0;              // bytes of one copy
};

// U-Boot's environment. Redundant: a change is one write of all variables to the older copy; a damaged copy
// is passed over and mended by the next change. Single in a file of its own: a new file is renamed over it.
// Single at an offset or on a device: overwritten in place, which is one step only within one sector of 512
// bytes. With no good copy every call fails, because U-Boot would use built-in defaults that nobody here can
// know.
class UbootStore final : public BootVariableStore {
 public:
  UbootStore(Disk& disk, UbootSettings settings);

  Result<BootVariables> load() override;
  std::string damage() override;
  Result<void> store(const BootVariables& variables) override;

 private:
  struct Loaded {
    UbootCopy current;
    std::size_t other = 0;  // the copy that the next change goes to
    std::string damage;     // why that one holds nothing to fall back to; empty when it does
  };
  Result<UbootCopy> load_copy(std::size_t index);
  Result<Loaded> load_newest();
  Result<void> write(const UbootCopyPlace& place, ByteView bytes);
  Result<std::unique_ptr<File>> open_for_writing(const std::string& path);
  Result<bool> is_whole_file(const UbootCopyPlace& place);

  Disk& disk_;
  UbootSettings settings_;
  UbootLayout layout_;
};

}  // namespace dunlin
