#include "core/expand/block_run.h"

#include <algorithm>

namespace dunlin {

namespace {

// Moves bytes from the front of `from` to the end of `block`, until that holds `length`.
std::size_t fill_block(Bytes& block, std::size_t length, ByteView from) {
  const std::size_t taken = std::min(from.size(), length - block.size());
  block.insert(block.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(taken));
  return taken;
}

class BlockRunEncoder final : public StreamEncoder {
 public:
  BlockRunEncoder(std::shared_ptr<BlockCodec> codec, std::size_t plain_length)
      : codec_(std::move(codec)), plain_length_(plain_length) {
    plain_.reserve(plain_length);
  }

  Result<void> feed(ByteView plain, const ByteSink&) override {
    if (fill_block(plain_, plain_length_, plain) != plain.size())
      return fail(ErrorKind::usage, "more bytes than the block holds");
    return {};
  }

  Result<void> finish(const ByteSink& out) override {
    if (plain_.size() != plain_length_) return fail(ErrorKind::usage, "fewer bytes than the block holds");
    Bytes packed;
    Result<void> encoded = codec_->encode(plain_, packed);
    if (!encoded) return encoded;
    return out(packed);
  }

 private:
  std::shared_ptr<BlockCodec> codec_;
  std::size_t plain_length_;
  Bytes plain_;
};

class BlockRunDecoder final : public StreamDecoder {
 public:
  BlockRunDecoder(std::shared_ptr<BlockCodec> codec, std::size_t packed_length, std::size_t plain_length)
      : codec_(std::move(codec)), packed_length_(packed_length), plain_length_(plain_length) {
    packed_.reserve(packed_length);
  }

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    StreamProgress progress;
    if (packed_.size() < packed_length_) progress.consumed = fill_block(packed_, packed_length_, packed);
    if (packed_.size() < packed_length_) return progress;
    if (plain_.empty()) {
      plain_.resize(plain_length_);
      Result<std::size_t> decoded = codec_->decode(packed_, plain_);
      if (!decoded) return fail(std::move(decoded.error()));
      if (*decoded != plain_length_)
        return fail(ErrorKind::bad_image, "a packed block holds less than it should");
    }
    progress.produced = std::min(plain.size(), plain_.size() - handed_);
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(handed_), progress.produced, plain.begin());
    handed_ += progress.produced;
    return progress;
  }

  bool ended() const override { return !plain_.empty() && handed_ == plain_.size(); }

 private:
  std::shared_ptr<BlockCodec> codec_;
  std::size_t packed_length_;
  std::size_t plain_length_;
  Bytes packed_;
  Bytes plain_;
  std::size_t handed_ = 0;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_block_run_encoder(std::shared_ptr<BlockCodec> codec,
                                                      std::size_t plain_length) {
  return std::make_unique<BlockRunEncoder>(std::move(codec), plain_length);
}

std::unique_ptr<StreamDecoder> make_block_run_decoder(std::shared_ptr<BlockCodec> codec,
                                                      std::size_t packed_length, std::size_t plain_length) {
  return std::make_unique<BlockRunDecoder>(std::move(codec), packed_length, plain_length);
}

}  // namespace dunlin
