#include "core/codec/zlib_block.h"

#include <zlib.h>

namespace dunlin {

namespace {

constexpr int block_memory_level = 8;

class ZlibBlockCodec final : public BlockCodec {
 public:
  ZlibBlockCodec() = default;
  ~ZlibBlockCodec() override { deflateEnd(&encoder_); }
  ZlibBlockCodec(const ZlibBlockCodec&) = delete;
  ZlibBlockCodec& operator=(const ZlibBlockCodec&) = delete;

  bool start(const ZlibBlockShape& shape) {
    return deflateInit2(&encoder_, shape.level, Z_DEFLATED, shape.window_bits, block_memory_level,
                        shape.strategy) == Z_OK;
  }

  Result<void> encode(ByteView plain, Bytes& packed) override {
    deflateReset(&encoder_);
    packed.resize(deflateBound(&encoder_, plain.size()));
    encoder_.next_in = const_cast<Bytef*>(plain.data());  // zlib never writes there
    encoder_.avail_in = static_cast<uInt>(plain.size());
    encoder_.next_out = packed.data();
    encoder_.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&encoder_, Z_FINISH) != Z_STREAM_END) return fail(ErrorKind::device, "packing a zlib block");
    packed.resize(encoder_.total_out);
    return {};
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    uLongf held = plain.size();
    uLong used = packed.size();
    if (uncompress2(plain.data(), &held, packed.data(), &used) != Z_OK || used != packed.size())
      return fail(ErrorKind::bad_image, "a zlib block does not decode");
    return static_cast<std::size_t>(held);
  }

 private:
  z_stream encoder_{};
};

}  // namespace

std::unique_ptr<BlockCodec> make_zlib_block_codec(const ZlibBlockShape& shape) {
  auto codec = std::make_unique<ZlibBlockCodec>();
  if (shape.level < 1 || !codec->start(shape)) return nullptr;
  return codec;
}

std::string deflate_version() {
  return zlibVersion();
}

}  // namespace dunlin
