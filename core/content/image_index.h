#pragma once
#include "core/content/chunker.h"

namespace dunlin {

// Where each chunk of an image lies, by its SHA-256: what an image can lend to another one.
class ImageIndex {
 public:
  // Reads the whole image once. usage: bad options; else as ByteSource::read.
  static Result<ImageIndex> build(const ByteSource& image, const ChunkerOptions& options);
  // Chunks as a Chunker returned them: in order, from offset 0, without gaps.
  static ImageIndex from_chunks(std::vector<Chunk> chunks, const ChunkerOptions& options);

  // The first chunk of the image with these bytes, or null.
  const Chunk* find(const Digest& digest) const;
  const std::vector<Chunk>& chunks() const { return chunks_; }
  const ChunkerOptions& options() const { return options_; }
  std::uint64_t image_size() const;

  // docs/pack-format.md, "Image index". parse is total: bad_image says what is wrong.
  Bytes serialise() const;
  static Result<ImageIndex> parse(ByteView bytes);

 private:
  ChunkerOptions options_;
  std::vector<Chunk> chunks_;
  std::vector<std::uint32_t> by_digest_;  // positions in chunks_, sorted by digest, then by offset
};

}  // namespace dunlin
