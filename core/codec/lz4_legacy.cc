#include "core/codec/lz4_legacy.h"

#include <array>
#include <lz4.h>
#include <lz4hc.h>

#include "core/codec/lz4_block.h"
#include "core/codec/step_buffer.h"

namespace dunlin {

namespace {

constexpr std::size_t length_size = 4;

class Lz4LegacyEncoder final : public StreamEncoder {
 public:
  explicit Lz4LegacyEncoder(int level) : level_(level), block_(lz4_legacy_block_size) {}

  Result<void> feed(ByteView plain, const ByteSink& out) override {
    return block_.add(plain, [&] { return put_block(out); });
  }

  Result<void> finish(const ByteSink& out) override {
    return block_.held().empty() ? Result<void>{} : put_block(out);
  }

 private:
  Result<void> put_block(const ByteSink& out) {
    const std::size_t front = started_ ? length_size : 2 * length_size;
    // Not zeroed: only what is written shall take memory.
    const auto room =
        std::make_unique_for_overwrite<std::uint8_t[]>(2 * length_size + lz4_legacy_packed_block_max);
    const ByteSpan packed(room.get(), 2 * length_size + lz4_legacy_packed_block_max);
    const int length = pack_block(reinterpret_cast<char*>(packed.data() + front));
    if (length <= 0) return fail(ErrorKind::device, "packing an lz4 block: not enough memory");
    ByteWriter head;
    if (!started_) head.u32(lz4_legacy_magic);
    head.u32(static_cast<std::uint32_t>(length));
    std::ranges::copy(head.written(), packed.begin());
    started_ = true;
    block_.release();  // whoever takes the packed bytes needs memory of its own
    return out(packed.first(front + static_cast<std::size_t>(length)));
  }

  int pack_block(char* out) const {
    const char* plain = reinterpret_cast<const char*>(block_.held().data());
    const int length = static_cast<int>(block_.held().size());
    constexpr int room = static_cast<int>(lz4_legacy_packed_block_max);
    if (level_ < LZ4HC_CLEVEL_MIN) return LZ4_compress_fast(plain, out, length, room, 1);
    return LZ4_compress_HC(plain, out, length, room, level_);
  }

  int level_;
  bool started_ = false;
  StepBuffer block_;
};

class Lz4LegacyDecoder final : public StreamDecoder {
 public:
  explicit Lz4LegacyDecoder(std::uint64_t plain_length) : plain_left_(plain_length) {}

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    StreamProgress progress;
    for (;;) {
      const std::size_t given = std::min(plain.size() - progress.produced, block_.size() - handed_);
      std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(handed_), given,
                  plain.begin() + static_cast<std::ptrdiff_t>(progress.produced));
      handed_ += given;
      progress.produced += given;
      // A block is taken only when it is wanted: until then its packed bytes would take memory here.
      if (progress.produced == plain.size() || progress.consumed == packed.size()) return progress;
      Result<std::size_t> taken = take(packed.subspan(progress.consumed));
      if (!taken) return fail(std::move(taken.error()));
      progress.consumed += *taken;
    }
  }

 private:
  // First the length (and, once, the magic number), then the block behind it.
  Result<std::size_t> take(ByteView packed) {
    if (word_filled_ < length_size) return take_word(packed);
    const std::size_t taken = std::min<std::size_t>(packed.size(), length_ - packed_.size());
    packed_.insert(packed_.end(), packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(taken));
    if (packed_.size() < length_) return taken;
    Result<void> opened = open_block();
    if (!opened) return fail(std::move(opened.error()));
    return taken;
  }

  Result<std::size_t> take_word(ByteView packed) {
    const std::size_t taken = std::min(packed.size(), length_size - word_filled_);
    std::copy_n(packed.begin(), taken, word_.begin() + static_cast<std::ptrdiff_t>(word_filled_));
    word_filled_ += taken;
    if (word_filled_ < length_size) return taken;
    if (!has_magic_) {
      if (ByteReader(word_).u32() != lz4_legacy_magic)
        return fail(ErrorKind::bad_image, "no legacy lz4 frame");
      has_magic_ = true;
      word_filled_ = 0;
      return taken;
    }
    length_ = ByteReader(word_).u32();
    if (length_ == 0 || length_ > lz4_legacy_packed_block_max)
      return fail(ErrorKind::bad_image, "an lz4 block has an impossible length");
    packed_.reserve(length_);
    return taken;
  }

  Result<void> open_block() {
    block_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(lz4_legacy_block_size, plain_left_)));
    const std::optional<std::size_t> length = open_lz4_block(packed_, block_);
    if (!length || *length == 0) return fail(ErrorKind::bad_image, "an lz4 block does not decode");
    block_.resize(*length);
    plain_left_ -= *length;
    packed_ = Bytes();  // gives its memory back; `= {}` would keep it
    handed_ = 0;
    word_filled_ = 0;
    return {};
  }

  std::uint64_t plain_left_;
  bool has_magic_ = false;
  std::array<std::uint8_t, length_size> word_{};
  std::size_t word_filled_ = 0;
  std::size_t length_ = 0;
  Bytes packed_;
  Bytes block_;
  std::size_t handed_ = 0;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_lz4_legacy_encoder(int level) {
  return std::make_unique<Lz4LegacyEncoder>(std::min(level, LZ4HC_CLEVEL_MAX));
}

std::unique_ptr<StreamDecoder> make_lz4_legacy_decoder(std::uint64_t plain_length) {
  return std::make_unique<Lz4LegacyDecoder>(plain_length);
}

}  // namespace dunlin
