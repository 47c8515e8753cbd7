#include "core/expand/erofs_extents.h"

#include "core/expand/erofs_index.h"
#include "core/expand/erofs_packing.h"

namespace dunlin {

namespace {

constexpr std::uint64_t header_size = 8;
constexpr std::uint64_t full_index_padding = 8;
constexpr std::uint16_t advise_two_byte_entries = 0x01;
constexpr std::uint16_t advise_large_clusters = 0x02;
constexpr std::uint16_t advise_inline_tail = 0x08;
constexpr std::uint16_t known_advise = 0x0F;

struct MapHeader {
  std::uint16_t advise = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t block_bits = 0;  // beyond 12
};

MapHeader parse_header(ByteView bytes) {
  ByteReader reader(bytes);
  reader.bytes(4);
  MapHeader header;
  header.advise = reader.u16();
  header.algorithm = reader.u8();
  header.block_bits = reader.u8();
  return header;
}

// Only lz4, for both kinds of packed entries, and blocks of 4 KiB in the file too.
bool is_known(const MapHeader& header) {
  return header.algorithm == 0 && header.block_bits == 0 && (header.advise & ~known_advise) == 0;
}

class ExtentList {
 public:
  explicit ExtentList(std::uint64_t file_size) : file_size_(file_size) {}

  // False: the index makes no sense, or ends here.
  bool add(std::uint64_t index, const ErofsIndexEntry& entry) {
    switch (entry.type) {
      case ErofsIndexEntry::Type::raw:
      case ErofsIndexEntry::Type::packed:
        return begin(index * erofs_block_size + entry.offset, entry);
      case ErofsIndexEntry::Type::inside:
        if (extents_.empty()) return false;
        if (entry.cluster_blocks != 0) extents_.back().block_count = entry.cluster_blocks;
        return true;
      case ErofsIndexEntry::Type::other:
        return false;
    }
    return false;
  }

  std::vector<ErofsExtent> take(std::uint64_t end) {
    if (!extents_.empty()) extents_.back().plain_length = end - extents_.back().plain_offset;
    return std::move(extents_);
  }
  std::size_t size() const { return extents_.size(); }

 private:
  bool begin(std::uint64_t offset, const ErofsIndexEntry& entry) {
    if (offset >= file_size_) return true;  // only says where the last extent ends
    const std::uint64_t expected_min = extents_.empty() ? 0 : extents_.back().plain_offset + 1;
    if (offset < expected_min || (extents_.empty() && offset != 0)) return false;
    if (!extents_.empty()) extents_.back().plain_length = offset - extents_.back().plain_offset;
    extents_.push_back({offset, 0, entry.block, 1, entry.type == ErofsIndexEntry::Type::raw});
    return true;
  }

  std::uint64_t file_size_;
  std::vector<ErofsExtent> extents_;
};

}  // namespace

Result<ErofsExtents> read_erofs_extents(const ByteSource& image, const ErofsInode& file) {
  const bool is_full = file.layout == ErofsDataLayout::full_index;
  if ((!is_full && file.layout != ErofsDataLayout::short_index) || file.size == 0) return ErofsExtents{};
  const std::uint64_t offset = (file.end_offset + 7) / 8 * 8;
  if (offset + header_size > image.size()) return ErofsExtents{};
  std::array<std::uint8_t, header_size> bytes{};
  Result<void> read = image.read(offset, bytes);
  if (!read) return fail(std::move(read.error()));
  const MapHeader header = parse_header(bytes);
  if (!is_known(header)) return ErofsExtents{};

  const std::uint64_t count = (file.size + erofs_block_size - 1) / erofs_block_size;
  ErofsIndexReader reader(
      image, {offset + header_size + (is_full ? full_index_padding : 0), count, is_full,
              (header.advise & advise_large_clusters) != 0, (header.advise & advise_two_byte_entries) != 0});
  ExtentList list(file.size);
  for (std::uint64_t i = 0; i < count; ++i) {
    Result<std::optional<ErofsIndexEntry>> entry = reader.next();
    if (!entry) return fail(std::move(entry.error()));
    if (!*entry || !list.add(i, **entry)) return ErofsExtents{};
    if (list.size() > image.size() / erofs_block_size) return ErofsExtents{};
  }
  ErofsExtents found{list.take(file.size), true};
  if ((header.advise & advise_inline_tail) != 0 && !found.extents.empty()) {
    found.extents.pop_back();
    found.is_whole = false;
  }
  return found;
}

}  // namespace dunlin
