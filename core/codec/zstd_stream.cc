#define ZSTD_STATIC_LINKING_ONLY
#include "core/codec/zstd_stream.h"

#include <zstd.h>

#include "core/base/check.h"
#include "core/codec/zstd_jobs.h"

namespace dunlin {

namespace {

constexpr int window_log_max = 23;
static_assert(zstd_stream_window_max == std::uint64_t{1} << window_log_max);
constexpr std::uint64_t smallest_in_jobs = 512u
                                           << 10;  // what is known to be no longer is never cut into jobs
constexpr std::size_t trailing_checksum = 4;

// Feeds zstd as its program does: in reads of one block, the last one together with the order to end.
class ZstdPlainStreamEncoder final : public StreamEncoder {
 public:
  explicit ZstdPlainStreamEncoder(const ZstdStreamShape& shape) : shape_(shape) {
    CHECK(context_ != nullptr);
    set(ZSTD_c_compressionLevel, shape.level);
    set(ZSTD_c_checksumFlag, shape.has_checksum ? 1 : 0);
    set(ZSTD_c_contentSizeFlag, shape.states_size ? 1 : 0);
    if (shape.states_size)
      CHECK(ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context_.get(), shape.plain_length)) == 0);
  }

  Result<void> feed(ByteView plain, const ByteSink& out) override {
    if (plain.size() > shape_.plain_length - taken_)
      return fail(ErrorKind::usage, "more bytes than announced");
    while (!plain.empty()) {
      const std::size_t taken = std::min(plain.size(), ZSTD_CStreamInSize() - block_.size());
      block_.insert(block_.end(), plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(taken));
      plain = plain.subspan(taken);
      taken_ += taken;
      const bool ends = taken_ == shape_.plain_length && shape_.states_size;
      if (block_.size() < ZSTD_CStreamInSize() || ends) continue;
      Result<void> put = put_block(ZSTD_e_continue, out);
      if (!put) return put;
    }
    return {};
  }

  Result<void> finish(const ByteSink& out) override {
    if (taken_ != shape_.plain_length) return fail(ErrorKind::usage, "fewer bytes than announced");
    // A program that does not know the length learns of the end by a read of nothing.
    if (!shape_.states_size && !block_.empty()) {
      Result<void> put = put_block(ZSTD_e_continue, out);
      if (!put) return put;
    }
    return put_block(ZSTD_e_end, out);
  }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  void set(ZSTD_cParameter parameter, int value) {
    CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), parameter, value)) == 0);
  }

  Result<void> put_block(ZSTD_EndDirective directive, const ByteSink& out) {
    ZSTD_inBuffer input{block_.data(), block_.size(), 0};
    Bytes packed;
    std::size_t left = 1;
    while (input.pos < input.size || (directive == ZSTD_e_end && left != 0)) {
      const std::size_t begin = packed.size();
      packed.resize(begin + ZSTD_CStreamOutSize());
      ZSTD_outBuffer output{packed.data() + begin, packed.size() - begin, 0};
      left = ZSTD_compressStream2(context_.get(), &output, &input, directive);
      if (ZSTD_isError(left) != 0)
        return fail(ErrorKind::device, std::string("packing a zstd stream: ") + ZSTD_getErrorName(left));
      packed.resize(begin + output.pos);
    }
    block_.clear();
    if (directive == ZSTD_e_end && shape_.has_checksum) packed.resize(packed.size() - trailing_checksum);
    return packed.empty() ? Result<void>{} : out(packed);
  }

  ZstdStreamShape shape_;
  std::unique_ptr<ZSTD_CCtx, Free> context_{ZSTD_createCCtx()};
  Bytes block_;
  std::uint64_t taken_ = 0;
};

class ZstdStreamDecoder final : public StreamDecoder {
 public:
  ZstdStreamDecoder() {
    CHECK(context_ != nullptr);
    CHECK(ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_max)) == 0);
  }

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    if (ended_) return StreamProgress{};
    ZSTD_inBuffer input{packed.data(), packed.size(), 0};
    ZSTD_outBuffer output{plain.data(), plain.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_.get(), &output, &input);
    if (ZSTD_isError(code) != 0)
      return fail(ErrorKind::bad_image,
                  std::string("a zstd stream does not decode: ") + ZSTD_getErrorName(code));
    ended_ = code == 0;
    return StreamProgress{.consumed = input.pos, .produced = output.pos};
  }

  bool ended() const override { return ended_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  bool ended_ = false;
};

}  // namespace

std::optional<ZstdFrameFacts> read_zstd_frame_facts(ByteView front) {
  ZSTD_frameHeader header{};
  if (ZSTD_getFrameHeader(&header, front.data(), front.size()) != 0) return std::nullopt;
  if (header.frameType != ZSTD_frame || header.dictID != 0) return std::nullopt;
  ZstdFrameFacts facts{
      .window_size = header.windowSize, .content_size = {}, .has_checksum = header.checksumFlag != 0};
  if (header.frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN) facts.content_size = header.frameContentSize;
  return facts;
}

Result<std::unique_ptr<StreamEncoder>> make_zstd_stream_encoder(const ZstdStreamShape& shape) {
  if (shape.level < ZSTD_minCLevel() || shape.level > ZSTD_maxCLevel())
    return fail(ErrorKind::usage, "zstd has no level " + std::to_string(shape.level));
  const ZSTD_compressionParameters tuning =
      ZSTD_getCParams(shape.level, shape.states_size ? shape.plain_length : 0, 0);
  if ((std::uint64_t{1} << tuning.windowLog) > zstd_stream_window_max ||
      ZSTD_estimateCCtxSize_usingCParams(tuning) > zstd_stream_tables_max)
    return fail(ErrorKind::usage, "zstd level " + std::to_string(shape.level) + " needs too much memory");
  const bool small = shape.states_size && shape.plain_length <= smallest_in_jobs;
  if (shape.in_jobs && !small) return make_zstd_jobs_encoder(shape);
  return std::make_unique<ZstdPlainStreamEncoder>(shape);
}

std::unique_ptr<StreamDecoder> make_zstd_stream_decoder() {
  return std::make_unique<ZstdStreamDecoder>();
}

}  // namespace dunlin
