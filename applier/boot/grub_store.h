#pragma once
#include "applier/boot/grub_environment.h"
#include "core/base/disk.h"

namespace dunlin {

// GRUB's environment block in a file. It has no checksum and no second copy, so a change is one write over
// the file in place, never cut to nothing first, with our variables inside the first sector.
class GrubStore final : public BootVariableStore {
 public:
  // `first`: the variables that must change together.
  GrubStore(Disk& disk, std::string path, std::vector<std::string> first)
      : disk_(disk), path_(std::move(path)), first_(std::move(first)) {}

  Result<BootVariables> load() override;
  Result<void> store(const BootVariables& variables) override;

 private:
  Result<GrubBlock> load_block();

  Disk& disk_;
  std::string path_;
  std::vector<std::string> first_;
};

// The whole file, past the page cache; fails (device) when it is missing. One byte more than a block when it
// is longer.
Result<Bytes> load_grub_bytes(Disk& disk, const std::string& path);

// Overwrites the file in place with one block and reads it back. Writes nothing when it is there already.
Result<void> store_grub_bytes(Disk& disk, const std::string& path, ByteView bytes);

// Sets what differs and takes out what is missing; the order of what stays is kept.
void replace_variables(GrubBlock& block, const BootVariables& variables);

}  // namespace dunlin
