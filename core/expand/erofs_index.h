#pragma once
#include "core/expand/erofs_inode.h"

namespace dunlin {

// What the index says about one block of a packed file.
struct ErofsIndexEntry {
  enum class Type : std::uint8_t { raw = 0, packed = 1, inside = 2, other = 3 };
  Type type = Type::other;
  std::uint32_t offset = 0;          // raw, packed: where in this block an extent begins
  std::uint64_t block = 0;           // raw, packed: its first packed block
  std::uint32_t cluster_blocks = 0;  // inside: how many packed blocks the extent has; 0: not said here
};

// Reads the index of a packed file from its start, 8, 4 or 2 bytes an entry.
class ErofsIndexReader {
 public:
  struct Options {
    std::uint64_t offset = 0;  // of the first entry
    std::uint64_t count = 0;
    bool is_full = false;
    bool has_large_clusters = false;
    bool has_two_byte_entries = false;
  };
  // `image` outlives it.
  ErofsIndexReader(const ByteSource& image, const Options& options);

  // The next entry; nothing behind the last one, or where the image ends. Fails as ByteSource::read does.
  Result<std::optional<ErofsIndexEntry>> next();

 private:
  Result<bool> load();
  Result<ByteView> read(std::size_t size);
  void parse_full(ByteView bytes);
  void parse_pack(ByteView bytes, std::size_t entry_count);

  const ByteSource& image_;
  Options options_;
  std::uint64_t four_byte_left_ = 0;  // entries before those of two bytes
  std::uint64_t two_byte_left_ = 0;
  std::uint64_t entries_left_ = 0;
  Bytes buffer_;
  std::size_t buffer_used_ = 0;
  std::vector<ErofsIndexEntry> pack_;
  std::size_t pack_used_ = 0;
};

}  // namespace dunlin
