#include "core/codec/zstd_block.h"

#include <algorithm>

#include <zstd.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::size_t block_size_max = 8u << 20;

class ZstdBlockCodec final : public BlockCodec {
 public:
  explicit ZstdBlockCodec(int level) : level_(std::clamp(level, ZSTD_minCLevel(), ZSTD_maxCLevel())) {}

  Result<void> encode(ByteView plain, Bytes& packed) override {
    if (plain.size() > block_size_max) return fail(ErrorKind::usage, "packing a zstd block of over 8 MiB");
    if (!encoder_) encoder_.reset(ZSTD_createCCtx());
    CHECK(encoder_ != nullptr);
    packed.resize(ZSTD_compressBound(plain.size()));
    const std::size_t code =
        ZSTD_compressCCtx(encoder_.get(), packed.data(), packed.size(), plain.data(), plain.size(), level_);
    if (ZSTD_isError(code) != 0)
      return fail(ErrorKind::device, std::string("packing a zstd block: ") + ZSTD_getErrorName(code));
    packed.resize(code);
    return {};
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    if (!decoder_) decoder_.reset(ZSTD_createDCtx());
    CHECK(decoder_ != nullptr);
    const std::size_t code =
        ZSTD_decompressDCtx(decoder_.get(), plain.data(), plain.size(), packed.data(), packed.size());
    if (ZSTD_isError(code) != 0)
      return fail(ErrorKind::bad_image,
                  std::string("a zstd block does not decode: ") + ZSTD_getErrorName(code));
    return code;
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  int level_;
  std::unique_ptr<ZSTD_CCtx, Free> encoder_;
  std::unique_ptr<ZSTD_DCtx, Free> decoder_;
};

}  // namespace

std::unique_ptr<BlockCodec> make_zstd_block_codec(int level) {
  return std::make_unique<ZstdBlockCodec>(level);
}

}  // namespace dunlin
