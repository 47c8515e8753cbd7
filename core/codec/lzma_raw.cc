#include "core/codec/lzma_raw.h"

#include <algorithm>
#include <array>
#include <bit>
#include <lzma.h>

namespace dunlin {

namespace {

constexpr std::uint32_t encoder_preset = 9 | LZMA_PRESET_EXTREME;

Result<lzma_options_lzma> lzma_options(LzmaModel model, std::size_t size) {
  lzma_options_lzma options{};
  if (model.lc + model.lp > LZMA_LCLP_MAX || model.pb > LZMA_PB_MAX)
    return fail(ErrorKind::bad_image, "an LZMA stream with a model that does not exist");
  if (lzma_lzma_preset(&options, encoder_preset) != 0)
    return fail(ErrorKind::device, "liblzma has no preset 9");
  options.lc = model.lc;
  options.lp = model.lp;
  options.pb = model.pb;
  const std::size_t window = std::clamp<std::size_t>(size, LZMA_DICT_SIZE_MIN, lzma_window_max);
  options.dict_size = static_cast<std::uint32_t>(std::bit_ceil(window));
  return options;
}

std::array<lzma_filter, 2> lzma_chain(lzma_options_lzma& options) {
  return {lzma_filter{LZMA_FILTER_LZMA1, &options}, lzma_filter{LZMA_VLI_UNKNOWN, nullptr}};
}

}  // namespace

Result<Bytes> compress_lzma(ByteView bytes, LzmaModel model) {
  Result<lzma_options_lzma> options = lzma_options(model, bytes.size());
  if (!options) return fail(std::move(options.error()));
  const std::array<lzma_filter, 2> chain = lzma_chain(*options);
  Bytes stream(bytes.size() + bytes.size() / 8 + 256);
  std::size_t length = 0;
  const lzma_ret code = lzma_raw_buffer_encode(chain.data(), nullptr, bytes.data(), bytes.size(),
                                               stream.data(), &length, stream.size());
  if (code != LZMA_OK)
    return fail(ErrorKind::device, "compressing: liblzma gives code " + std::to_string(code));
  stream.resize(length);
  return stream;
}

Result<void> decompress_lzma(ByteView stream, LzmaModel model, ByteSpan out) {
  Result<lzma_options_lzma> options = lzma_options(model, out.size());
  if (!options) return fail(std::move(options.error()));
  const std::array<lzma_filter, 2> chain = lzma_chain(*options);
  std::size_t read = 0;
  std::size_t written = 0;
  std::uint8_t nowhere = 0;  // liblzma refuses null pointers even for no bytes
  std::uint8_t* const to = out.empty() ? &nowhere : out.data();
  const lzma_ret code = lzma_raw_buffer_decode(chain.data(), nullptr, stream.data(), &read, stream.size(), to,
                                               &written, out.size());
  if (code == LZMA_MEM_ERROR) return fail(ErrorKind::device, "decompressing: out of memory");
  if (code != LZMA_OK || read != stream.size() || written != out.size())
    return fail(ErrorKind::bad_image,
                "the LZMA stream does not decode to its declared " + std::to_string(out.size()) + " bytes");
  return {};
}

}  // namespace dunlin
