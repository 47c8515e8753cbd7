#pragma once
#include <memory>
#include <optional>

#include "core/codec/stream_codec.h"

namespace dunlin {

// Frames that the zstd program or a library writes as a stream, closed again bit for bit by libzstd 1.5.4.
// The checksum that may follow a frame is no part of it here: leave it outside, it is checked by nobody.

struct ZstdFrameFacts {
  std::uint64_t window_size = 0;
  std::optional<std::uint64_t> content_size;
  bool has_checksum = false;
};
// What the first bytes of a frame say (18 are enough); nothing when they begin no zstd frame, or one with a
// dictionary.
std::optional<ZstdFrameFacts> read_zstd_frame_facts(ByteView front);

struct ZstdStreamShape {
  int level = 3;
  bool in_jobs = true;       // as with one or more workers, the program's default; they all write the same
  bool states_size = false;  // the frame tells its content size
  bool has_checksum = false;
  std::uint64_t plain_length = 0;
};
inline constexpr std::uint64_t zstd_stream_window_max = 8u << 20;

// Memory: zstd's tables for the level, a window and about 1.5 MiB (12 + 4 + 1.5 MiB at level 9). usage: the
// level needs a larger window than zstd_stream_window_max, or tables of more than zstd_stream_tables_max.
Result<std::unique_ptr<StreamEncoder>> make_zstd_stream_encoder(const ZstdStreamShape& shape);
inline constexpr std::size_t zstd_stream_tables_max = 16u << 20;

// Memory: the frame's window, at most zstd_stream_window_max, and about 0.5 MiB. Stops at the frame's end.
std::unique_ptr<StreamDecoder> make_zstd_stream_decoder();

}  // namespace dunlin
