#include "core/codec/lzma_xz.h"

#include <array>
#include <lzma.h>

#include "core/base/check.h"
#include "core/codec/step_buffer.h"

namespace dunlin {

namespace {

constexpr std::uint64_t xz_decoder_memory_max = xz_dictionary_max + (256u << 10);
constexpr std::size_t xz_step = 64u << 10;
constexpr std::uint32_t extreme_preset = 16;

constexpr std::array<lzma_vli, 7> branch_filters = {LZMA_VLI_UNKNOWN, LZMA_FILTER_X86, LZMA_FILTER_POWERPC,
                                                    LZMA_FILTER_IA64, LZMA_FILTER_ARM, LZMA_FILTER_ARMTHUMB,
                                                    LZMA_FILTER_SPARC};

class XzBlockCodec final : public BlockCodec {
 public:
  explicit XzBlockCodec(const XzBlockShape& shape) {
    usable_ = shape.preset <= 9 && shape.filter < branch_filters.size() &&
              shape.dictionary_size >= LZMA_DICT_SIZE_MIN && shape.dictionary_size <= xz_dictionary_max &&
              lzma_lzma_preset(&options_, shape.preset) == 0;
    if (!usable_) return;
    options_.dict_size = shape.dictionary_size;
    std::size_t next = 0;
    if (shape.filter != 0) filters_[next++] = {branch_filters[shape.filter], nullptr};
    filters_[next++] = {LZMA_FILTER_LZMA2, &options_};
    filters_[next] = {LZMA_VLI_UNKNOWN, nullptr};
  }
  XzBlockCodec(const XzBlockCodec&) = delete;
  XzBlockCodec& operator=(const XzBlockCodec&) = delete;

  bool usable() const { return usable_; }

  Result<void> encode(ByteView plain, Bytes& packed) override {
    packed.resize(lzma_stream_buffer_bound(plain.size()));
    std::size_t length = 0;
    if (lzma_stream_buffer_encode(filters_.data(), LZMA_CHECK_CRC32, nullptr, plain.data(), plain.size(),
                                  packed.data(), &length, packed.size()) != LZMA_OK)
      return fail(ErrorKind::device, "packing an xz block");
    packed.resize(length);
    return {};
  }

  Result<std::size_t> decode(ByteView packed, ByteSpan plain) override {
    std::uint64_t memory = xz_decoder_memory_max;
    std::size_t used = 0;
    std::size_t held = 0;
    const lzma_ret code = lzma_stream_buffer_decode(&memory, 0, nullptr, packed.data(), &used, packed.size(),
                                                    plain.data(), &held, plain.size());
    if (code != LZMA_OK || used != packed.size())
      return fail(ErrorKind::bad_image, "an xz block does not decode");
    return held;
  }

 private:
  bool usable_ = false;
  lzma_options_lzma options_{};
  std::array<lzma_filter, 3> filters_{};
};

class XzStreamEncoder final : public StreamEncoder {
 public:
  XzStreamEncoder() : step_(xz_step), packed_(xz_step) {}
  ~XzStreamEncoder() override { lzma_end(&lzma_); }
  XzStreamEncoder(const XzStreamEncoder&) = delete;
  XzStreamEncoder& operator=(const XzStreamEncoder&) = delete;

  bool start(const XzStreamShape& shape) {
    const std::uint32_t preset =
        (shape.preset & ~extreme_preset) | ((shape.preset & extreme_preset) != 0 ? LZMA_PRESET_EXTREME : 0);
    lzma_options_lzma options{};
    if (lzma_lzma_preset(&options, preset) != 0 || options.dict_size > xz_dictionary_max) return false;
    if (shape.check > LZMA_CHECK_ID_MAX) return false;
    return lzma_easy_encoder(&lzma_, preset, static_cast<lzma_check>(shape.check)) == LZMA_OK;
  }

  // In steps of one length: what has come out by then must not depend on the cuts.
  Result<void> feed(ByteView plain, const ByteSink& out) override {
    return step_.add(plain, [&] { return put_step(LZMA_RUN, out); });
  }

  Result<void> finish(const ByteSink& out) override { return put_step(LZMA_FINISH, out); }

 private:
  Result<void> put_step(lzma_action action, const ByteSink& out) {
    lzma_.next_in = step_.held().data();
    lzma_.avail_in = step_.held().size();
    for (lzma_ret code = LZMA_OK; code == LZMA_OK && (lzma_.avail_in > 0 || action == LZMA_FINISH);) {
      lzma_.next_out = packed_.data();
      lzma_.avail_out = packed_.size();
      code = lzma_code(&lzma_, action);
      if (code != LZMA_OK && code != LZMA_STREAM_END) return fail(ErrorKind::device, "packing an xz stream");
      const ByteView given = ByteView(packed_).first(packed_.size() - lzma_.avail_out);
      Result<void> handed = given.empty() ? Result<void>{} : out(given);
      if (!handed) return handed;
    }
    step_.clear();
    return {};
  }

  lzma_stream lzma_ = LZMA_STREAM_INIT;
  StepBuffer step_;
  Bytes packed_;
};

class XzStreamDecoder final : public StreamDecoder {
 public:
  XzStreamDecoder() { CHECK(lzma_stream_decoder(&lzma_, xz_decoder_memory_max, 0) == LZMA_OK); }
  ~XzStreamDecoder() override { lzma_end(&lzma_); }
  XzStreamDecoder(const XzStreamDecoder&) = delete;
  XzStreamDecoder& operator=(const XzStreamDecoder&) = delete;

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    if (ended_ || plain.empty()) return StreamProgress{};
    lzma_.next_in = packed.data();
    lzma_.avail_in = packed.size();
    lzma_.next_out = plain.data();
    lzma_.avail_out = plain.size();
    const lzma_ret code = lzma_code(&lzma_, LZMA_RUN);
    if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR)
      return fail(ErrorKind::bad_image, "an xz stream does not decode, or needs too much memory");
    ended_ = code == LZMA_STREAM_END;
    return StreamProgress{.consumed = packed.size() - lzma_.avail_in,
                          .produced = plain.size() - lzma_.avail_out};
  }

  bool ended() const override { return ended_; }

 private:
  lzma_stream lzma_ = LZMA_STREAM_INIT;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<BlockCodec> make_xz_block_codec(const XzBlockShape& shape) {
  auto codec = std::make_unique<XzBlockCodec>(shape);
  if (!codec->usable()) return nullptr;
  return codec;
}

std::unique_ptr<StreamEncoder> make_xz_stream_encoder(const XzStreamShape& shape) {
  auto encoder = std::make_unique<XzStreamEncoder>();
  if (!encoder->start(shape)) return nullptr;
  return encoder;
}

std::unique_ptr<StreamDecoder> make_xz_stream_decoder() {
  return std::make_unique<XzStreamDecoder>();
}

std::string lzma_version() {
  return lzma_version_string();
}

}  // namespace dunlin
