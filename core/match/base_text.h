#pragma once
#include <functional>
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

// A stretch of the base: bytes of the text, or zeros that were left out of it.
struct TextPiece {
  std::uint64_t base_offset = 0;
  std::uint64_t length = 0;
  std::uint64_t text_offset = 0;  // meaningless for zeros
  bool zeros = false;
  std::uint64_t base_end() const { return base_offset + length; }
};

// Ascending; what lies between pieces that do not touch is unknown.
using TextPieces = std::vector<TextPiece>;

// Runs of zeros from this length on are left out.
inline constexpr std::uint64_t left_out_zeros_min = 512;

// Adds the pieces of base bytes [offset, offset + length) behind those there are; reads them in order.
// `on_read` is told of each read's length and may stop it with an error.
using OnRead = std::function<Result<void>(std::uint64_t length)>;
Result<void> find_text(const ByteSource& base, std::uint64_t offset, std::uint64_t length,
                       const OnRead& on_read, TextPieces& pieces);

// The pieces that hold text [begin, end), cut where that begins and ends, with text offsets from 0.
TextPieces cut_pieces(const TextPieces& pieces, std::uint64_t begin, std::uint64_t end);

// The bytes of some pieces in memory, readable by base offset. Immutable: safe from several threads at once.
class BaseText {
 public:
  static Result<BaseText> read(const ByteSource& base, TextPieces pieces, const OnRead& on_read);

  ByteView text() const { return text_; }
  // The base offset of a byte of the text, which is smaller than the text.
  std::uint64_t base_offset(std::uint64_t text_offset) const;

  // Bytes of the base from `offset` on, as many as lie together in memory; empty where nothing is known.
  ByteView from(std::uint64_t offset) const;
  // Bytes of the base that end in front of `offset`.
  ByteView until(std::uint64_t offset) const;

 private:
  const TextPiece* piece_with(std::uint64_t offset) const;

  TextPieces pieces_;
  std::vector<std::uint32_t> texts_;  // the pieces that are not zeros
  Bytes text_;
};

}  // namespace dunlin
