#pragma once
// Images with compressed content at random places, made from seeds: packed from the outside in, so the map
// that opens them is known.
#include <algorithm>

#include "core/base/check.h"
#include "core/expand/packing_codec.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {

struct MadeImage {
  Bytes image;
  Bytes plain;
  ExpandMap map;
};

inline Bytes packed_by(const Packing& packing, ByteView plain) {
  Bytes packed;
  const ByteSink collect = [&](ByteView bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
    return Result<void>{};
  };
  auto encoder = make_run_encoder(packing, {.packed_length = 1, .plain_length = plain.size(), .packing = 1});
  CHECK(encoder.has_value());
  CHECK((*encoder)->feed(plain, collect).has_value());
  CHECK((*encoder)->finish(collect).has_value());
  return packed;
}

// Cuts `plain` into runs of up to `run_max`, about half of them packed, and puts their layer in front of
// `map`.
inline Bytes packed_layer(const Bytes& plain, const std::vector<Packing>& packings, std::size_t run_max,
                          std::uint64_t seed, ExpandMap& map) {
  SeededRandom random(seed);
  ExpandLayer layer{.packings = packings, .runs = {}};
  Bytes packed;
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t length = std::min<std::size_t>(plain.size() - at, 1 + random.below(run_max));
    const Bytes part = slice(plain, at, at + length);
    const std::uint32_t packing = static_cast<std::uint32_t>(random.below(packings.size() * 2));
    const bool raw = packing >= packings.size();
    const Bytes run = raw ? part : packed_by(packings[packing], part);
    layer.runs.push_back(
        {.packed_length = run.size(), .plain_length = length, .packing = raw ? 0 : packing + 1});
    packed.insert(packed.end(), run.begin(), run.end());
    at += length;
  }
  map.layers.insert(map.layers.begin(), std::move(layer));
  return packed;
}

inline const std::vector<Packing> quick_packings = {
    {.kind = PackingKind::zstd_block, .parameters = {3, 0, 0}},
    {.kind = PackingKind::zstd_block, .parameters = {15, 0, 0}},
    {.kind = PackingKind::lz4_legacy, .parameters = {3, 0, 0}},
    {.kind = PackingKind::gzip_stream, .parameters = {1, 8, 0}},
    {.kind = PackingKind::lzo_block, .parameters = {0, 0, 0}},
};

// `layers` layers, runs that do not end where those of the next layer do.
inline MadeImage made_image(std::size_t plain_size, std::size_t layers, std::uint64_t seed,
                            const std::vector<Packing>& packings = quick_packings) {
  MadeImage made;
  made.plain = wordy_bytes(plain_size, seed);
  made.image = made.plain;
  for (std::size_t i = 0; i < layers; ++i)
    made.image = packed_layer(made.image, packings, i == 0 ? 40'000 : 15'000, seed * 31 + i, made.map);
  return made;
}

}  // namespace dunlin
