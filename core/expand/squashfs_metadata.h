#pragma once
#include "core/codec/stream_codec.h"
#include "core/expand/found_run.h"
#include "core/expand/squashfs_super.h"

namespace dunlin {

// Reads the metadata blocks of a squashfs image (at most 8 KiB each, behind a length of 16 bits) and notes
// those that are compressed.
class SquashfsMetadata {
 public:
  // All outlive it.
  SquashfsMetadata(const ByteSource& image, BlockCodec& codec, const Packing& packing,
                   std::vector<FoundRun>& found)
      : image_(image), codec_(codec), packing_(packing), found_(found) {}

  // The blocks from `begin` on, until `end`, until one makes no sense, or until squashfs_table_max bytes:
  // what they hold together. Fails as ByteSource::read does.
  Result<Bytes> read(std::uint64_t begin, std::uint64_t end);

  // A table of `length` bytes whose blocks are named by a list of offsets at `index`. What can be read of it;
  // nothing of tables longer than squashfs_table_max.
  Result<Bytes> read_indexed(std::uint64_t index, std::uint64_t length, std::uint64_t end);

 private:
  struct Block {
    std::uint64_t length = 0;  // in the image, with what stands before it; 0: none
    Bytes plain;
  };
  Result<Block> read_block(std::uint64_t begin, std::uint64_t end);

  const ByteSource& image_;
  BlockCodec& codec_;
  Packing packing_;
  std::vector<FoundRun>& found_;
};

inline constexpr std::size_t squashfs_metadata_size = 8192;
inline constexpr std::uint64_t squashfs_table_max = 64u << 20;  // decoded; a million files

}  // namespace dunlin
