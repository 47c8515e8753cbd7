#pragma once
#include "applier/boot/uboot_environment.h"

namespace dunlin {

// GRUB's environment block: exactly 1024 bytes, no checksum. docs/boot-control.md.
inline constexpr std::size_t grub_environment_size = 1024;
// One sector. What lies in it is replaced by the medium in one step.
inline constexpr std::size_t grub_sector_size = 512;

struct GrubBlock {
  std::vector<std::pair<std::string, std::string>> variables;  // in the order of the block
  std::vector<std::string> comments;  // lines after the first that begin with '#', without their ends

  const std::string* find(std::string_view name) const;
  void set(const std::string& name, const std::string& value);
};

// Total parser. Fails (device) when the size or the first line is wrong or a line is not name=value.
Result<GrubBlock> parse_grub_block(ByteView bytes);

// The block's 1024 bytes, with the variables called `first` right behind the first line, so that they share
// the first sector; everything else is kept behind them. Fails (device) when `first` does not fit into the
// first sector or the whole into the block.
Result<Bytes> serialise_grub_block(const GrubBlock& block, const std::vector<std::string>& first);

}  // namespace dunlin
