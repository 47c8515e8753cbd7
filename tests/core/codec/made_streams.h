#pragma once
#include "core/base/check.h"
#include "core/codec/stream_codec.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {

// Everything an encoder gives out for `plain`, fed in cuts of up to `cut_max` bytes.
inline Bytes encoded(StreamEncoder& encoder, const Bytes& plain, std::size_t cut_max = 1'000'000,
                     std::uint64_t seed = 1) {
  SeededRandom random(seed);
  Bytes packed;
  const ByteSink collect = [&](ByteView bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
    return Result<void>{};
  };
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t count = std::min<std::size_t>(plain.size() - at, 1 + random.below(cut_max));
    CHECK(encoder.feed(ByteView(plain).subspan(at, count), collect).has_value());
    at += count;
  }
  CHECK(encoder.finish(collect).has_value());
  return packed;
}

// Decodes until nothing more comes; random sizes of the packed and the plain side.
inline Result<Bytes> decoded(StreamDecoder& decoder, const Bytes& packed, std::uint64_t seed = 1) {
  SeededRandom random(seed);
  Bytes plain;
  Bytes part(100'000);
  std::size_t at = 0;
  for (;;) {
    const std::size_t given = std::min<std::size_t>(packed.size() - at, 1 + random.below(100'000));
    Result<StreamProgress> step = decoder.decode(ByteView(packed).subspan(at, given),
                                                 ByteSpan(part).first(1 + random.below(part.size())));
    if (!step) return fail(std::move(step.error()));
    at += step->consumed;
    plain.insert(plain.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(step->produced));
    if (step->consumed == 0 && step->produced == 0) return plain;
  }
}

}  // namespace dunlin
