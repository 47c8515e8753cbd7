#include "core/codec/lzo_block.h"

#include <algorithm>
#include <array>
#include <lzo/lzo1x.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr std::size_t lzo_block_size_max = 8u << 20;
constexpr std::uint32_t lzo1x_999 = 4;
constexpr std::uint32_t lzo_level_max = 9;

struct LzoAlgorithm {
  lzo_compress_t compress;
  std::size_t memory;
};

constexpr std::array<LzoAlgorithm, 5> lzo_algorithms = {{{lzo1x_1_compress, LZO1X_1_MEM_COMPRESS},
                                                         {lzo1x_1_11_compress, LZO1X_1_11_MEM_COMPRESS},
                                                         {lzo1x_1_12_compress, LZO1X_1_12_MEM_COMPRESS},
                                                         {lzo1x_1_15_compress, LZO1X_1_15_MEM_COMPRESS},
                                                         {nullptr, LZO1X_999_MEM_COMPRESS}}};

class LzoBlockCodec final : public BlockCodec {
 public:
  LzoBlockCodec(std::uint32_t algorithm, std::uint32_t level)
      : algorithm_(lzo_algorithms[algorithm]), level_(static_cast<int>(level)), memory_(algorithm_.memory) {}

  Result<void> encode(ByteView plain, Bytes& packed) override {
    if (plain.size() > lzo_block_size_max)
      return fail(ErrorKind::usage, "packing an lzo block of over 8 MiB");
    packed.resize(plain.size() + plain.size() / 16 + 64 + 3);
    lzo_uint length = 0;
    std::ranges::fill(memory_, std::uint8_t{0});
    const int code =
        algorithm_.compress != nullptr
            ? algorithm_.compress(plain.data(), plain.size(), packed.data(), &length, memory_.data())
            : lzo1x_999_compress_level(plain.data(), plain.size(), packed.data(), &length, memory_.data(),
                                       nullptr, 0, nullptr, level_);
    if (code != LZO_E_OK) return fail(ErrorKind::device, "packing an lzo block");
    packed.resize(length);
    return optimize(plain.size(), packed);
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    lzo_uint held = plain.size();
    if (lzo1x_decompress_safe(packed.data(), packed.size(), plain.data(), &held, nullptr) != LZO_E_OK)
      return fail(ErrorKind::bad_image, "an lzo block does not decode");
    return static_cast<std::size_t>(held);
  }

 private:
  // mksquashfs runs this over every block. It decodes on the way.
  Result<void> optimize(std::size_t plain_size, Bytes& packed) {
    scratch_.resize(plain_size);
    lzo_uint held = plain_size;
    if (lzo1x_optimize(packed.data(), packed.size(), scratch_.data(), &held, nullptr) != LZO_E_OK ||
        held != plain_size)
      return fail(ErrorKind::device, "optimizing an lzo block");
    return {};
  }

  LzoAlgorithm algorithm_;
  int level_;
  Bytes memory_;
  Bytes scratch_;
};

}  // namespace

std::unique_ptr<BlockCodec> make_lzo_block_codec(std::uint32_t algorithm, std::uint32_t level) {
  if (algorithm >= lzo_algorithms.size()) return nullptr;
  if (algorithm == lzo1x_999 ? level < 1 || level > lzo_level_max : level != 0) return nullptr;
  CHECK(lzo_init() == LZO_E_OK);
  return std::make_unique<LzoBlockCodec>(algorithm, level);
}

std::string lzo1x_version() {
  return lzo_version_string();
}

}  // namespace dunlin
