#pragma once
#include <memory>

#include "core/content/pack_table.h"

namespace dunlin {

// Turns a pack and, for delta packs, the base image into verified segments. Holds one zstd context; memory
// stays below segment + base ranges + codec whatever the image size. One thread at a time.
class Assembler {
 public:
  // `base` is null for full packs. Both sources and the table must outlive the assembler.
  Assembler(const PackTable& table, const ByteSource& pack, const ByteSource* base);
  ~Assembler();

  // Decodes one segment and compares it with its SHA-256. The bytes stay valid until the next call.
  // bad_image: the frame, the base or the table is wrong, and the message says which; device: a read failed.
  Result<ByteView> decode(std::size_t segment_index);

 private:
  struct Codec;
  Result<ByteView> decode(const Segment& segment);
  Result<ByteView> decode_zero(const Segment& segment, ByteSpan out);
  Result<void> decode_copy(const Segment& segment, ByteSpan out);
  Result<void> decode_plain(const Segment& segment, ByteSpan out);

  const PackTable& table_;
  const ByteSource& pack_;
  const ByteSource* base_;
  std::unique_ptr<Codec> codec_;
};

}  // namespace dunlin
