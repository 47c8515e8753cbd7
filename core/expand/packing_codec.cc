#include "core/expand/packing_codec.h"

#include "core/codec/lz4_block.h"
#include "core/codec/lz4_legacy.h"
#include "core/codec/lzma_xz.h"
#include "core/codec/lzo_block.h"
#include "core/codec/zlib_block.h"
#include "core/codec/zlib_stream.h"
#include "core/codec/zstd_block.h"
#include "core/codec/zstd_stream.h"
#include "core/expand/block_run.h"
#include "core/expand/erofs_run.h"
#include "core/expand/erofs_tail.h"

namespace dunlin {

namespace {

// Parameters are unsigned on paper; the doors take int, and what does not fit is far beyond any level.
constexpr std::uint32_t level_max = 1000;

tl::unexpected<Error> unknown_packing(const Packing& packing) {
  return fail(ErrorKind::bad_image, "packing " + std::to_string(static_cast<int>(packing.kind)) +
                                        " or its parameters are unknown: update dunlin first");
}

// What a door made, or nothing when it does not know the parameters.
template <class Codec>
Result<std::unique_ptr<Codec>> known(std::unique_ptr<Codec> made, const Packing& packing) {
  if (made == nullptr) return unknown_packing(packing);
  return made;
}

Result<std::unique_ptr<StreamEncoder>> make_zstd_encoder(const Packing& packing, const ExpandedRun& run) {
  const auto [level, workers, flags] = packing.parameters;
  if (workers > 1 || flags > 3) return unknown_packing(packing);
  return make_zstd_stream_encoder({.level = static_cast<int>(level),
                                   .in_jobs = workers == 1,
                                   .states_size = (flags & 1) != 0,
                                   .has_checksum = (flags & 2) != 0,
                                   .plain_length = run.plain_length});
}

Result<std::unique_ptr<StreamEncoder>> make_stream_encoder(const Packing& packing, const ExpandedRun& run) {
  const auto [first, second, third] = packing.parameters;
  const int level = static_cast<int>(std::min(first, level_max));
  switch (packing.kind) {
    case PackingKind::zstd_stream:
      return make_zstd_encoder(packing, run);
    case PackingKind::gzip_stream:
      return known(make_deflate_encoder(level, static_cast<int>(std::min(second, level_max))), packing);
    case PackingKind::xz_stream:
      if (third != 0) return unknown_packing(packing);
      return known(make_xz_stream_encoder({.preset = first, .check = second}), packing);
    case PackingKind::lz4_legacy:
      return make_lz4_legacy_encoder(level);
    case PackingKind::erofs_lz4:
      return make_erofs_run_encoder(packing, run);
    case PackingKind::zstd_block:
    case PackingKind::zlib_block:
    case PackingKind::xz_block:
    case PackingKind::lz4_block:
    case PackingKind::lz4hc_block:
    case PackingKind::lzo_block:
    case PackingKind::erofs_tail:
      break;
  }
  return unknown_packing(packing);
}

Result<std::unique_ptr<StreamDecoder>> make_stream_decoder(const Packing& packing, const ExpandedRun& run) {
  switch (packing.kind) {
    case PackingKind::zstd_stream:
      return make_zstd_stream_decoder();
    case PackingKind::gzip_stream:
      return make_inflate_decoder();
    case PackingKind::xz_stream:
      return make_xz_stream_decoder();
    case PackingKind::lz4_legacy:
      return make_lz4_legacy_decoder(run.plain_length);
    case PackingKind::erofs_lz4:
      return make_erofs_run_decoder(packing, run);
    case PackingKind::zstd_block:
    case PackingKind::zlib_block:
    case PackingKind::xz_block:
    case PackingKind::lz4_block:
    case PackingKind::lz4hc_block:
    case PackingKind::lzo_block:
    case PackingKind::erofs_tail:
      break;
  }
  return unknown_packing(packing);
}

Result<void> check_block_run(const ExpandedRun& run) {
  if (run.packed_length <= expand_block_max && run.plain_length <= expand_block_max) return {};
  return fail(ErrorKind::bad_image, "a packed block is longer than 8 MiB");
}

}  // namespace

bool is_block_kind(PackingKind kind) {
  switch (kind) {
    case PackingKind::zstd_block:
    case PackingKind::zlib_block:
    case PackingKind::xz_block:
    case PackingKind::lz4_block:
    case PackingKind::lz4hc_block:
    case PackingKind::lzo_block:
    case PackingKind::erofs_tail:
      return true;
    case PackingKind::zstd_stream:
    case PackingKind::gzip_stream:
    case PackingKind::xz_stream:
    case PackingKind::lz4_legacy:
    case PackingKind::erofs_lz4:
      return false;
  }
  return false;
}

Result<std::unique_ptr<BlockCodec>> make_block_codec(const Packing& packing) {
  const auto [first, second, third] = packing.parameters;
  const int level = static_cast<int>(std::min(first, level_max));
  switch (packing.kind) {
    case PackingKind::erofs_tail:
      return make_erofs_tail_codec(packing.parameters[0]);
    case PackingKind::zstd_block:
      return make_zstd_block_codec(level);
    case PackingKind::zlib_block:
      return known(make_zlib_block_codec({.level = level,
                                          .window_bits = static_cast<int>(std::min(second, level_max)),
                                          .strategy = static_cast<int>(std::min(third, level_max))}),
                   packing);
    case PackingKind::xz_block:
      return known(make_xz_block_codec({.preset = first, .dictionary_size = second, .filter = third}),
                   packing);
    case PackingKind::lz4_block:
      return make_lz4_block_codec(level);
    case PackingKind::lz4hc_block:
      return make_lz4hc_block_codec(level);
    case PackingKind::lzo_block:
      return known(make_lzo_block_codec(first, second), packing);
    case PackingKind::zstd_stream:
    case PackingKind::gzip_stream:
    case PackingKind::xz_stream:
    case PackingKind::lz4_legacy:
    case PackingKind::erofs_lz4:
      break;
  }
  return unknown_packing(packing);
}

Result<std::unique_ptr<StreamEncoder>> make_run_encoder(const Packing& packing, const ExpandedRun& run) {
  return RunCodecs().encoder(packing, run);
}

Result<std::unique_ptr<StreamDecoder>> make_run_decoder(const Packing& packing, const ExpandedRun& run) {
  return RunCodecs().decoder(packing, run);
}

Result<std::shared_ptr<BlockCodec>> RunCodecs::block_codec(const Packing& packing) {
  if (block_codec_ && packing_ == packing) return block_codec_;
  Result<std::unique_ptr<BlockCodec>> made = make_block_codec(packing);
  if (!made) return fail(std::move(made.error()));
  block_codec_ = std::move(*made);
  packing_ = packing;
  return block_codec_;
}

Result<std::unique_ptr<StreamEncoder>> RunCodecs::encoder(const Packing& packing, const ExpandedRun& run) {
  if (!is_block_kind(packing.kind)) return make_stream_encoder(packing, run);
  Result<void> checked = check_block_run(run);
  if (!checked) return fail(std::move(checked.error()));
  Result<std::shared_ptr<BlockCodec>> codec = block_codec(packing);
  if (!codec) return fail(std::move(codec.error()));
  return make_block_run_encoder(std::move(*codec), static_cast<std::size_t>(run.plain_length));
}

Result<std::unique_ptr<StreamDecoder>> RunCodecs::decoder(const Packing& packing, const ExpandedRun& run) {
  if (!is_block_kind(packing.kind)) return make_stream_decoder(packing, run);
  Result<void> checked = check_block_run(run);
  if (!checked) return fail(std::move(checked.error()));
  Result<std::shared_ptr<BlockCodec>> codec = block_codec(packing);
  if (!codec) return fail(std::move(codec.error()));
  return make_block_run_decoder(std::move(*codec), static_cast<std::size_t>(run.packed_length),
                                static_cast<std::size_t>(run.plain_length));
}

}  // namespace dunlin
