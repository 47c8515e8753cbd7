#include "core/expand/erofs_index.h"

namespace dunlin {

namespace {

constexpr std::size_t full_entry_size = 8;
constexpr std::size_t short_pack_size = 8;  // 2 entries of 16 bits and a block address
constexpr std::size_t short_pack_count = 2;
constexpr std::size_t dense_pack_size = 32;  // 16 entries of 14 bits and a block address
constexpr std::size_t dense_pack_count = 16;
constexpr std::uint32_t offset_bits = 12;
constexpr std::uint32_t states_cluster_blocks = 1u << 11;
constexpr std::size_t buffer_size = 16u << 10;

// `value`: where the extent begins, or, inside one, a distance or its number of packed blocks.
ErofsIndexEntry entry_of(std::uint32_t type, std::uint32_t value, bool has_large_clusters) {
  ErofsIndexEntry entry;
  entry.type = static_cast<ErofsIndexEntry::Type>(type & 3u);
  if (entry.type != ErofsIndexEntry::Type::inside)
    entry.offset = value;
  else if (has_large_clusters && (value & states_cluster_blocks) != 0)
    entry.cluster_blocks = value & ~states_cluster_blocks;
  return entry;
}

bool begins_extent(const ErofsIndexEntry& entry) {
  return entry.type == ErofsIndexEntry::Type::raw || entry.type == ErofsIndexEntry::Type::packed;
}

// A pack names one block; the others follow from what lies between.
class BlockCount {
 public:
  BlockCount(std::uint64_t base, bool has_large_clusters) : next_(base), large_(has_large_clusters) {
    if (!large_) ++next_;
  }

  void pass(ErofsIndexEntry& entry) {
    if (begins_extent(entry)) {
      if (large_ && pending_) ++next_;
      entry.block = next_;
      pending_ = true;
      if (!large_) ++next_;
    } else if (entry.cluster_blocks != 0) {
      next_ += entry.cluster_blocks;
      pending_ = false;
    }
  }

 private:
  std::uint64_t next_;
  bool large_;
  bool pending_ = false;  // the last extent's blocks are not counted yet
};

}  // namespace

ErofsIndexReader::ErofsIndexReader(const ByteSource& image, const Options& options)
    : image_(image), options_(options), entries_left_(options.count) {
  if (options.is_full) return;
  // Dense packs are aligned to their size; what stands before them and is left behind them is in short packs.
  four_byte_left_ = (dense_pack_size - options.offset % dense_pack_size) % dense_pack_size / 4;
  if (options.has_two_byte_entries && four_byte_left_ < options.count)
    two_byte_left_ = (options.count - four_byte_left_) / dense_pack_count * dense_pack_count;
  else
    four_byte_left_ = options.count;
}

Result<std::optional<ErofsIndexEntry>> ErofsIndexReader::next() {
  if (entries_left_ == 0) return std::nullopt;
  if (pack_used_ == pack_.size()) {
    Result<bool> loaded = load();
    if (!loaded) return fail(std::move(loaded.error()));
    if (!*loaded) return std::nullopt;
  }
  --entries_left_;
  return pack_[pack_used_++];
}

Result<bool> ErofsIndexReader::load() {
  const bool is_dense = !options_.is_full && four_byte_left_ == 0 && two_byte_left_ > 0;
  const std::size_t size = options_.is_full ? full_entry_size : is_dense ? dense_pack_size : short_pack_size;
  Result<ByteView> bytes = read(size);
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->size() < size) return false;
  pack_.clear();
  pack_used_ = 0;
  if (options_.is_full) {
    parse_full(*bytes);
    return true;
  }
  parse_pack(*bytes, is_dense ? dense_pack_count : short_pack_count);
  std::uint64_t& left = is_dense ? two_byte_left_ : four_byte_left_;
  left -= std::min<std::uint64_t>(left, pack_.size());
  return true;
}

// Fewer bytes than asked for: the image ends.
Result<ByteView> ErofsIndexReader::read(std::size_t size) {
  if (buffer_.size() - buffer_used_ < size) {
    const std::uint64_t offset = options_.offset;
    const std::uint64_t left = offset < image_.size() ? image_.size() - offset : 0;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer_size, left)));
    buffer_used_ = 0;
    Result<void> done = image_.read(std::min(offset, image_.size()), buffer_);
    if (!done) return fail(std::move(done.error()));
  }
  const ByteView bytes =
      ByteView(buffer_).subspan(buffer_used_, std::min(size, buffer_.size() - buffer_used_));
  buffer_used_ += bytes.size();
  options_.offset += bytes.size();
  return bytes;
}

void ErofsIndexReader::parse_full(ByteView bytes) {
  ByteReader reader(bytes);
  const std::uint32_t type = reader.u16();
  const std::uint32_t offset = reader.u16();
  const std::uint32_t value = reader.u32();
  ErofsIndexEntry entry = entry_of(type, offset, false);
  if (begins_extent(entry))
    entry.block = value;
  else
    entry = entry_of(type, value & 0xFFFFu, options_.has_large_clusters);
  pack_.push_back(entry);
}

void ErofsIndexReader::parse_pack(ByteView bytes, std::size_t entry_count) {
  const std::size_t entry_bits = (bytes.size() - 4) * 8 / entry_count;
  BlockCount blocks(ByteReader(bytes.last(4)).u32(), options_.has_large_clusters);
  for (std::size_t i = 0; i < entry_count; ++i) {
    const std::size_t bit = i * entry_bits;
    const std::uint32_t word = ByteReader(bytes.subspan(bit / 8, 4)).u32() >> (bit % 8);
    ErofsIndexEntry entry =
        entry_of(word >> offset_bits, word & ((1u << offset_bits) - 1), options_.has_large_clusters);
    blocks.pass(entry);
    pack_.push_back(entry);
  }
}

}  // namespace dunlin
