#include "core/codec/zlib_stream.h"

#include <zlib.h>

#include "core/base/check.h"
#include "core/codec/step_buffer.h"

namespace dunlin {

namespace {

constexpr int raw_window_bits = -15;
constexpr std::size_t deflate_step = 32u << 10;

class DeflateEncoder final : public StreamEncoder {
 public:
  DeflateEncoder() : step_(deflate_step), packed_(deflate_step) {}
  ~DeflateEncoder() override { deflateEnd(&zlib_); }
  DeflateEncoder(const DeflateEncoder&) = delete;
  DeflateEncoder& operator=(const DeflateEncoder&) = delete;

  bool start(int level, int memory_level) {
    return deflateInit2(&zlib_, level, Z_DEFLATED, raw_window_bits, memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
  }

  // In steps of one length, because zlib does not promise that cuts make no difference.
  Result<void> feed(ByteView plain, const ByteSink& out) override {
    return step_.add(plain, [&] { return put_step(Z_NO_FLUSH, out); });
  }

  Result<void> finish(const ByteSink& out) override { return put_step(Z_FINISH, out); }

 private:
  Result<void> put_step(int flush, const ByteSink& out) {
    zlib_.next_in = const_cast<Bytef*>(step_.held().data());  // zlib never writes there
    zlib_.avail_in = static_cast<uInt>(step_.held().size());
    for (bool full = true; full;) {
      zlib_.next_out = packed_.data();
      zlib_.avail_out = static_cast<uInt>(packed_.size());
      if (deflate(&zlib_, flush) == Z_STREAM_ERROR)
        return fail(ErrorKind::device, "packing a deflate stream");
      full = zlib_.avail_out == 0;
      const ByteView given = ByteView(packed_).first(packed_.size() - zlib_.avail_out);
      Result<void> handed = given.empty() ? Result<void>{} : out(given);
      if (!handed) return handed;
    }
    step_.clear();
    return {};
  }

  z_stream zlib_{};
  StepBuffer step_;
  Bytes packed_;
};

class InflateDecoder final : public StreamDecoder {
 public:
  InflateDecoder() { CHECK(inflateInit2(&zlib_, raw_window_bits) == Z_OK); }
  ~InflateDecoder() override { inflateEnd(&zlib_); }
  InflateDecoder(const InflateDecoder&) = delete;
  InflateDecoder& operator=(const InflateDecoder&) = delete;

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    if (ended_ || plain.empty()) return StreamProgress{};
    zlib_.next_in = const_cast<Bytef*>(packed.data());  // zlib never writes there
    zlib_.avail_in = static_cast<uInt>(packed.size());
    zlib_.next_out = plain.data();
    zlib_.avail_out = static_cast<uInt>(plain.size());
    const int code = inflate(&zlib_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return fail(ErrorKind::bad_image, "a deflate stream does not decode");
    ended_ = code == Z_STREAM_END;
    return StreamProgress{.consumed = packed.size() - zlib_.avail_in,
                          .produced = plain.size() - zlib_.avail_out};
  }

  bool ended() const override { return ended_; }

 private:
  z_stream zlib_{};
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_deflate_encoder(int level, int memory_level) {
  auto encoder = std::make_unique<DeflateEncoder>();
  if (level < 1 || level > 9 || !encoder->start(level, memory_level)) return nullptr;
  return encoder;
}

std::unique_ptr<StreamDecoder> make_inflate_decoder() {
  return std::make_unique<InflateDecoder>();
}

}  // namespace dunlin
