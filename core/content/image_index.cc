#include "core/content/image_index.h"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

constexpr std::size_t chunk_bytes_min = 1 + 32;  // a length and a digest

Result<ChunkerOptions> read_options(ByteReader& reader) {
  ChunkerOptions options;
  options.size_min = reader.u32();
  options.size_mean = reader.u32();
  options.size_max = reader.u32();
  if (!reader.ok()) return fail(ErrorKind::bad_image, "image index: cut short");
  Result<void> valid = check(options);
  if (!valid) return fail(ErrorKind::bad_image, "image index: " + valid.error().message);
  return options;
}

// Lengths of `count` chunks; the smallest size binds all but the last, which ends where the image ends.
Result<std::vector<Chunk>> read_lengths(ByteReader& reader, std::size_t count,
                                        const ChunkerOptions& options) {
  std::vector<Chunk> chunks(count);
  std::uint64_t offset = 0;
  for (Chunk& chunk : chunks) {
    const std::uint64_t length = reader.varint();
    const bool is_last = &chunk == &chunks.back();
    if (!reader.ok() || length == 0 || length > options.size_max || (length < options.size_min && !is_last))
      return fail(ErrorKind::bad_image, "image index: a chunk's length is outside the limits");
    chunk.offset = offset;
    chunk.length = static_cast<std::uint32_t>(length);
    offset += length;
  }
  return chunks;
}

}  // namespace

Result<ImageIndex> ImageIndex::build(const ByteSource& image, const ChunkerOptions& options) {
  Result<void> valid = check(options);
  if (!valid) return fail(std::move(valid.error()));
  Chunker chunker(image, options);
  std::vector<Chunk> chunks;
  while (true) {
    Result<std::optional<Chunk>> chunk = chunker.next();
    if (!chunk) return fail(std::move(chunk.error()), "indexing the image");
    if (!*chunk) break;
    chunks.push_back(**chunk);
  }
  return from_chunks(std::move(chunks), options);
}

ImageIndex ImageIndex::from_chunks(std::vector<Chunk> chunks, const ChunkerOptions& options) {
  ImageIndex index;
  index.options_ = options;
  index.chunks_ = std::move(chunks);
  index.by_digest_.resize(index.chunks_.size());
  for (std::uint32_t i = 0; i < index.by_digest_.size(); ++i) index.by_digest_[i] = i;
  const std::vector<Chunk>& all = index.chunks_;
  std::sort(index.by_digest_.begin(), index.by_digest_.end(), [&all](std::uint32_t a, std::uint32_t b) {
    return std::tie(all[a].digest, a) < std::tie(all[b].digest, b);
  });
  return index;
}

const Chunk* ImageIndex::find(const Digest& digest) const {
  const auto found =
      std::lower_bound(by_digest_.begin(), by_digest_.end(), digest,
                       [this](std::uint32_t i, const Digest& wanted) { return chunks_[i].digest < wanted; });
  if (found == by_digest_.end() || chunks_[*found].digest != digest) return nullptr;
  return &chunks_[*found];
}

std::uint64_t ImageIndex::image_size() const {
  return chunks_.empty() ? 0 : chunks_.back().offset + chunks_.back().length;
}

Bytes ImageIndex::serialise() const {
  ByteWriter writer;
  writer.u32(options_.size_min);
  writer.u32(options_.size_mean);
  writer.u32(options_.size_max);
  writer.u32(static_cast<std::uint32_t>(chunks_.size()));
  for (const Chunk& chunk : chunks_) writer.varint(chunk.length);
  for (const Chunk& chunk : chunks_) writer.bytes(chunk.digest.bytes);
  return writer.take();
}

Result<ImageIndex> ImageIndex::parse(ByteView bytes) {
  ByteReader reader(bytes);
  Result<ChunkerOptions> options = read_options(reader);
  if (!options) return fail(std::move(options.error()));
  const std::uint32_t count = reader.u32();
  if (!reader.ok() || count > reader.remaining() / chunk_bytes_min)
    return fail(ErrorKind::bad_image, "image index: cut short");
  Result<std::vector<Chunk>> chunks = read_lengths(reader, count, *options);
  if (!chunks) return fail(std::move(chunks.error()));
  if (reader.remaining() != std::size_t{count} * 32)
    return fail(ErrorKind::bad_image, "image index: the digests do not fill the rest");
  for (Chunk& chunk : *chunks) {
    const ByteView digest = reader.bytes(32);
    std::copy(digest.begin(), digest.end(), chunk.digest.bytes.begin());
  }
  return from_chunks(std::move(*chunks), *options);
}

}  // namespace dunlin
