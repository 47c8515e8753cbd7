#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace dunlin {

// Compressed content as it lies in an image ("packed") and what it holds ("plain").

// How packed bytes come from plain ones. The numbers are part of the pack format: never reuse one.
enum class PackingKind : std::uint8_t {
  zstd_block = 1,   // one ZSTD_compress2 call; parameters: level
  zstd_stream = 2,  // a frame of the zstd program, without its checksum; parameters: level, workers (0 or 1,
                    // which stands for any number), flags (1: states its content size, 2: a checksum follows)
  zlib_block = 3,   // parameters: level, window bits, strategy
  gzip_stream =
      4,  // the deflate stream of a .gz file, without header and trailer; parameters: level, memory level
  xz_block = 5,     // one whole small .xz stream; parameters: preset, dictionary size, filter (see lzma_xz.h)
  xz_stream = 6,    // a whole .xz file of one block; parameters: preset (16 more: extreme), check
  lz4_block = 7,    // parameters: acceleration
  lz4hc_block = 8,  // parameters: level
  lz4_legacy = 9,   // `lz4 -l`: magic and 8 MiB blocks, each with its length; parameters: level
  lzo_block = 10,   // parameters: algorithm, level (see lzo_block.h)
  erofs_lz4 = 11,  // pclusters of one file: see core/expand/erofs_packing.h; parameters: level (0: fast), ...
  erofs_tail = 12,  // the last bytes of a file and what lies before them, exchanged; parameters: length of
                    // the latter
};

// "zstd_block", ...
std::string_view to_string(PackingKind kind);

// What re-encoding needs to know. Parameters that a kind does not use are zero.
struct Packing {
  PackingKind kind{};
  std::array<std::uint32_t, 3> parameters{};
  auto operator<=>(const Packing&) const = default;
};

// A run of a layer: `packed_length` bytes below are `plain_length` bytes above. Raw runs are the same bytes.
struct ExpandedRun {
  std::uint64_t packed_length = 0;
  std::uint64_t plain_length = 0;
  std::uint32_t packing = 0;  // 0: raw; else 1 + index into ExpandLayer::packings
  bool is_raw() const { return packing == 0; }
  bool operator==(const ExpandedRun&) const = default;
};

// One step of opening: the space below (the image, or the layer before) cut into runs without gaps.
struct ExpandLayer {
  std::vector<Packing> packings;
  std::vector<ExpandedRun> runs;
  std::uint64_t packed_size() const;  // sum of the runs
  std::uint64_t plain_size() const;
  bool operator==(const ExpandLayer&) const = default;
};

// Layers from the image outwards: layers[0] opens the image, layers[1] opens what layers[0] holds (an initrd
// in a squashfs). No layers: the image as it is.
struct ExpandMap {
  std::vector<ExpandLayer> layers;
  bool operator==(const ExpandMap&) const = default;
};

// Whether the map is one of an image of `packed_size` bytes: at most expand_layers_max layers that fit onto
// each other, no empty runs, raw runs of equal lengths, packings that exist. bad_image says what is wrong.
Result<void> check(const ExpandMap& map, std::uint64_t packed_size);

inline constexpr std::size_t expand_layers_max = 3;
inline constexpr std::uint64_t expand_length_max = std::uint64_t{1} << 48;  // of a layer, on either side
inline constexpr std::uint64_t expand_window_max = 8u << 20;  // frames that need a larger window stay closed

}  // namespace dunlin
