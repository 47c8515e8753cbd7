#include "core/match/base_text.h"

#include <algorithm>
#include <array>

namespace dunlin {

namespace {

constexpr std::size_t read_size = 1u << 20;
constexpr std::array<std::uint8_t, 4096> zero_block{};

// Turns a stream of bytes into pieces: zeros count as text until there are enough of them.
class PieceMaker {
 public:
  PieceMaker(TextPieces& pieces, std::uint64_t offset) : pieces_(pieces), offset_(offset) {
    for (const TextPiece& piece : pieces)
      if (!piece.zeros) text_ = std::max(text_, piece.text_offset + piece.length);
  }

  void add(ByteView bytes) {
    while (!bytes.empty()) {
      const auto zeros_end = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b != 0; });
      zeros_ += static_cast<std::uint64_t>(zeros_end - bytes.begin());
      const auto data_end = std::find(zeros_end, bytes.end(), std::uint8_t{0});
      if (zeros_end != data_end) add_data(static_cast<std::uint64_t>(data_end - zeros_end));
      bytes = bytes.subspan(static_cast<std::size_t>(data_end - bytes.begin()));
    }
  }
  void finish() { end_zeros(); }

 private:
  void add_data(std::uint64_t length) {
    end_zeros();
    append(length, false);
  }
  void end_zeros() { append(std::exchange(zeros_, 0), true); }

  void append(std::uint64_t length, bool zeros) {
    if (length == 0) return;
    zeros = zeros && length >= left_out_zeros_min;
    if (pieces_.empty() || pieces_.back().zeros != zeros || pieces_.back().base_end() != offset_)
      pieces_.push_back({offset_, 0, zeros ? 0 : text_, zeros});
    pieces_.back().length += length;
    offset_ += length;
    if (!zeros) text_ += length;
  }

  TextPieces& pieces_;
  std::uint64_t offset_;
  std::uint64_t text_ = 0;
  std::uint64_t zeros_ = 0;
};

}  // namespace

Result<void> find_text(const ByteSource& base, std::uint64_t offset, std::uint64_t length,
                       const OnRead& on_read, TextPieces& pieces) {
  PieceMaker maker(pieces, offset);
  Bytes buffer(std::min<std::uint64_t>(read_size, length));
  while (length > 0) {
    const ByteSpan part = ByteSpan(buffer).first(std::min<std::uint64_t>(length, buffer.size()));
    Result<void> read = base.read(offset, part);
    if (!read) return fail(std::move(read.error()), "reading the base");
    Result<void> going_on = on_read(part.size());
    if (!going_on) return going_on;
    maker.add(part);
    offset += part.size();
    length -= part.size();
  }
  maker.finish();
  return {};
}

TextPieces cut_pieces(const TextPieces& pieces, std::uint64_t begin, std::uint64_t end) {
  TextPieces cut;
  std::uint64_t text = 0;  // in front of the piece
  for (const TextPiece& piece : pieces) {
    if (piece.zeros) {
      if (text > begin && text < end) cut.push_back(piece);
      continue;
    }
    const std::uint64_t from = std::max(begin, text);
    const std::uint64_t to = std::min(end, text + piece.length);
    if (from < to) cut.push_back({piece.base_offset + (from - text), to - from, from - begin, false});
    text += piece.length;
  }
  return cut;
}

Result<BaseText> BaseText::read(const ByteSource& base, TextPieces pieces, const OnRead& on_read) {
  BaseText made;
  made.pieces_ = std::move(pieces);
  std::uint64_t size = 0;
  for (std::uint32_t i = 0; i < made.pieces_.size(); ++i) {
    if (made.pieces_[i].zeros) continue;
    made.texts_.push_back(i);
    size += made.pieces_[i].length;
  }
  made.text_.resize(size);
  for (const std::uint32_t i : made.texts_) {
    const TextPiece& piece = made.pieces_[i];
    for (std::uint64_t done = 0; done < piece.length;) {
      const std::size_t length = std::min<std::uint64_t>(read_size, piece.length - done);
      Result<void> read =
          base.read(piece.base_offset + done, ByteSpan(made.text_).subspan(piece.text_offset + done, length));
      if (!read) return fail(std::move(read.error()), "reading the base");
      Result<void> going_on = on_read(length);
      if (!going_on) return fail(std::move(going_on.error()));
      done += length;
    }
  }
  return made;
}

std::uint64_t BaseText::base_offset(std::uint64_t text_offset) const {
  const auto behind = std::upper_bound(
      texts_.begin(), texts_.end(), text_offset,
      [&](std::uint64_t offset, std::uint32_t piece) { return offset < pieces_[piece].text_offset; });
  const TextPiece& piece = pieces_[*(behind - 1)];
  return piece.base_offset + (text_offset - piece.text_offset);
}

const TextPiece* BaseText::piece_with(std::uint64_t offset) const {
  const auto behind =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](std::uint64_t at, const TextPiece& piece) { return at < piece.base_offset; });
  if (behind == pieces_.begin()) return nullptr;
  const TextPiece& piece = *(behind - 1);
  return offset < piece.base_end() ? &piece : nullptr;
}

ByteView BaseText::from(std::uint64_t offset) const {
  const TextPiece* piece = piece_with(offset);
  if (piece == nullptr) return {};
  const std::uint64_t length = piece->base_end() - offset;
  if (piece->zeros) return ByteView(zero_block).first(std::min<std::uint64_t>(length, zero_block.size()));
  return ByteView(text_).subspan(piece->text_offset + (offset - piece->base_offset), length);
}

ByteView BaseText::until(std::uint64_t offset) const {
  const TextPiece* piece = offset == 0 ? nullptr : piece_with(offset - 1);
  if (piece == nullptr) return {};
  const std::uint64_t length = offset - piece->base_offset;
  if (piece->zeros) return ByteView(zero_block).first(std::min<std::uint64_t>(length, zero_block.size()));
  return ByteView(text_).subspan(piece->text_offset, length);
}

}  // namespace dunlin
