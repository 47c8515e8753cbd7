#include "core/codec/lz4_block.h"

#include <algorithm>
#include <lz4.h>
#include <lz4hc.h>

namespace dunlin {

namespace {

constexpr std::size_t lz4_block_size_max = 8u << 20;
constexpr std::size_t lz4_opened_size_max = std::size_t{1} << 30;

class Lz4BlockCodec final : public BlockCodec {
 public:
  Lz4BlockCodec(int level, bool high) : level_(level), high_(high) {}

  Result<void> encode(ByteView plain, Bytes& packed) override {
    if (plain.size() > lz4_block_size_max)
      return fail(ErrorKind::usage, "packing an lz4 block of over 8 MiB");
    const int size = static_cast<int>(plain.size());
    packed.resize(static_cast<std::size_t>(LZ4_compressBound(size)));
    const char* from = reinterpret_cast<const char*>(plain.data());
    char* to = reinterpret_cast<char*>(packed.data());
    const int room = static_cast<int>(packed.size());
    const int length = high_ ? LZ4_compress_HC(from, to, size, room, level_)
                             : LZ4_compress_fast(from, to, size, room, level_);
    if (length <= 0) return fail(ErrorKind::device, "packing an lz4 block: not enough memory");
    packed.resize(static_cast<std::size_t>(length));
    return {};
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    const std::optional<std::size_t> length = open_lz4_block(packed, plain);
    if (!length) return fail(ErrorKind::bad_image, "an lz4 block does not decode");
    return *length;
  }

 private:
  int level_;
  bool high_;
};

}  // namespace

std::unique_ptr<BlockCodec> make_lz4_block_codec(int acceleration) {
  return std::make_unique<Lz4BlockCodec>(acceleration, false);
}

std::unique_ptr<BlockCodec> make_lz4hc_block_codec(int level) {
  return std::make_unique<Lz4BlockCodec>(std::clamp(level, 1, LZ4HC_CLEVEL_MAX), true);
}

std::optional<std::size_t> open_lz4_block(ByteView packed, ByteSpan plain) {
  if (packed.empty() || packed.size() > lz4_opened_size_max) return std::nullopt;
  const std::size_t room = std::min(plain.size(), lz4_opened_size_max);
  const int length =
      LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(plain.data()),
                          static_cast<int>(packed.size()), static_cast<int>(room));
  if (length < 0) return std::nullopt;
  return static_cast<std::size_t>(length);
}

std::string lz4_version() {
  return LZ4_versionString();
}

}  // namespace dunlin
