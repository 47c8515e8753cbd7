// Frame boundaries of untrusted input are asked before decoding; zstd keeps that call out of its stable set.
#define ZSTD_STATIC_LINKING_ONLY
#include "core/codec/zstd.h"

#include <algorithm>

#include <zstd.h>

#include "core/base/check.h"

namespace dunlin {

namespace {

constexpr int window_log = 24;
constexpr int prefix_hash_log = 22;
constexpr int prefix_chain_log = 23;
constexpr int level_with_long_chains = 16;  // from here on zstd's own chains are longer
static_assert(codec_window_size == std::size_t{1} << window_log);

std::string zstd_words(std::size_t code) {
  return ZSTD_getErrorName(code);
}

}  // namespace

std::string zstd_version() {
  return ZSTD_versionString();
}

struct Compressor::Context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  int level;
  Bytes frame;

  explicit Context(int chosen_level) : level(chosen_level) {
    CHECK(zstd != nullptr);
    set(ZSTD_c_compressionLevel, level);
    set(ZSTD_c_windowLog, window_log);
    set(ZSTD_c_contentSizeFlag, 1);
    set(ZSTD_c_checksumFlag, 0);
    set(ZSTD_c_dictIDFlag, 0);
  }
  ~Context() { ZSTD_freeCCtx(zstd); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // By themselves, fast levels remember too little to find the way back into a prefix of megabytes. The
  // long-distance matcher would be the other cure, but it hides finer matches: packs get a third larger.
  void remember_far(bool far) {
    set(ZSTD_c_hashLog, far ? prefix_hash_log : 0);
    set(ZSTD_c_chainLog, far && level < level_with_long_chains ? prefix_chain_log : 0);
  }

  void set(ZSTD_cParameter parameter, int value) {
    CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(zstd, parameter, value)) == 0);
  }
};

Compressor::Compressor(int level)
    : context_(std::make_unique<Context>(std::clamp(level, codec_level_min, codec_level_max))) {}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

Result<ByteView> Compressor::compress(ByteView bytes, ByteView prefix) {
  if (bytes.size() > codec_window_size || prefix.size() > codec_window_size - bytes.size())
    return fail(ErrorKind::usage, "compressing more than 16 MiB at once");
  Bytes& frame = context_->frame;
  const std::size_t bound = ZSTD_compressBound(bytes.size());
  if (frame.size() < bound) frame.resize(bound);
  context_->remember_far(!prefix.empty());
  // A prefix counts for one frame only; setting none clears what a failed call may have left.
  std::size_t code = ZSTD_CCtx_refPrefix(context_->zstd, prefix.data(), prefix.size());
  if (ZSTD_isError(code) == 0)
    code = ZSTD_compress2(context_->zstd, frame.data(), frame.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(code) != 0) return fail(ErrorKind::device, "compressing: " + zstd_words(code));
  return ByteView(frame).first(code);
}

struct Decompressor::Context {
  ZSTD_DCtx* zstd = ZSTD_createDCtx();

  Context() { CHECK(zstd != nullptr); }
  ~Context() { ZSTD_freeDCtx(zstd); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Decompressor::Decompressor() : context_(std::make_unique<Context>()) {}
Decompressor::~Decompressor() = default;
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;

Result<void> Decompressor::decompress(ByteView frame, ByteView prefix, ByteSpan out) {
  ZSTD_frameHeader header{};
  const std::size_t missing = ZSTD_getFrameHeader(&header, frame.data(), frame.size());
  if (missing != 0 || header.frameType != ZSTD_frame)
    return fail(ErrorKind::bad_image, "not the start of a zstd frame");
  if (header.frameContentSize != out.size())
    return fail(ErrorKind::bad_image,
                "the frame does not hold the declared " + std::to_string(out.size()) + " bytes");
  // zstd decodes concatenated frames as one; a frame here ends where its range ends.
  const std::size_t length = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
  if (ZSTD_isError(length) != 0)
    return fail(ErrorKind::bad_image, "the zstd frame is cut short or damaged: " + zstd_words(length));
  if (length != frame.size()) return fail(ErrorKind::bad_image, "bytes follow the end of the zstd frame");

  std::size_t code = ZSTD_DCtx_reset(context_->zstd, ZSTD_reset_session_and_parameters);
  if (ZSTD_isError(code) == 0) code = ZSTD_DCtx_refPrefix(context_->zstd, prefix.data(), prefix.size());
  if (ZSTD_isError(code) == 0)
    code = ZSTD_decompressDCtx(context_->zstd, out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(code) != 0)
    return fail(ErrorKind::bad_image, "the zstd frame does not decode: " + zstd_words(code));
  if (code != out.size())
    return fail(ErrorKind::bad_image, "the frame holds " + std::to_string(code) +
                                          " bytes, not the declared " + std::to_string(out.size()));
  return {};
}

}  // namespace dunlin
