#pragma once
#include <list>

#include "core/base/byte_source.h"
#include "core/expand/packing_codec.h"
#include "core/expand/run_index.h"

namespace dunlin {

// The plain side of one layer. For one thread at a time. Runs of up to layer_cached_run_max plain bytes are
// decoded whole and kept, layer_cache_size bytes of them; of longer runs one is open, and is read forward.
class LayerSource final : public ByteSource {
 public:
  // Both outlive it.
  LayerSource(const ByteSource& packed, const ExpandLayer& layer) : packed_(packed), index_(layer) {}

  std::uint64_t size() const override { return index_.start(index_.count()).plain; }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override;

 private:
  struct KeptRun {
    std::size_t run = 0;
    Bytes plain;
  };
  // A run that is being decoded from its start.
  struct OpenRun {
    std::size_t run = 0;
    std::unique_ptr<StreamDecoder> decoder;
    std::uint64_t plain = 0;   // bytes of the run handed out
    std::uint64_t packed = 0;  // bytes of the run read into `input`
    Bytes input;
    std::size_t input_used = 0;
  };

  Result<void> read_run(std::size_t run, std::uint64_t offset, ByteSpan out) const;
  Result<const Bytes*> kept(std::size_t run) const;
  Result<void> read_forward(std::size_t run, std::uint64_t offset, ByteSpan out) const;
  Result<OpenRun> open(std::size_t run) const;
  Result<void> decode(OpenRun& open, ByteSpan out) const;
  Result<void> skip(OpenRun& open, std::uint64_t count) const;
  Result<void> load_input(OpenRun& open) const;

  const ByteSource& packed_;
  RunIndex index_;
  mutable RunCodecs codecs_;
  mutable std::list<KeptRun> kept_;  // most recent first
  mutable std::size_t kept_size_ = 0;
  mutable std::optional<OpenRun> open_;
};

inline constexpr std::uint64_t layer_cached_run_max = 1u << 20;
inline constexpr std::size_t layer_cache_size = 2u << 20;

}  // namespace dunlin
