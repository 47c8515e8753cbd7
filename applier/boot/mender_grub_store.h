#pragma once
#include "applier/boot/grub_store.h"

namespace dunlin {

// Mender's way round GRUB's missing checksum: two environment blocks, mender_grubenv1/env and
// mender_grubenv2/env, each with a `lock` block that says `editing=1` while its env is being written, and
// `lock.sha256sum` for Mender's own tools. The second is written first; the boot script restores whichever is
// locked from the other one and then reads the first.
class MenderGrubStore final : public BootVariableStore {
 public:
  MenderGrubStore(Disk& disk, std::string folder, std::vector<std::string> first)
      : disk_(disk), folder_(std::move(folder)), first_(std::move(first)) {}

  Result<BootVariables> load() override;
  std::string damage() override;
  Result<void> store(const BootVariables& variables) override;

 private:
  std::string path(int copy, const std::string& file) const;
  Result<GrubBlock> load_block(const std::string& path);
  Result<void> store_block(const std::string& path, const GrubBlock& block);
  // The block is unlocked and can be read.
  Result<GrubBlock> load_good(int copy);
  // What the boot script would use after it restored the locked one.
  Result<GrubBlock> load_current();
  Result<void> set_lock(int copy, const char* editing);
  Result<void> store_checksum(int copy);
  Result<void> store_copy(int copy, const GrubBlock& block);

  Disk& disk_;
  std::string folder_;
  std::vector<std::string> first_;
};

}  // namespace dunlin
