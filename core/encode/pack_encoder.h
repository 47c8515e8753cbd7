#pragma once
#include "core/base/byte_source.h"
#include "core/encode/encode_options.h"

namespace dunlin {

struct EncodeSummary {
  Digest target_id;
  std::uint64_t target_size = 0;
  std::uint64_t pack_size = 0;
  std::uint64_t copied_bytes = 0;  // target bytes that come from copy segments
  std::uint64_t zero_bytes = 0;
};

// Writes a full pack of `target` into `output` (empty, read-write). Deterministic for given bytes, level and
// codec versions.
Result<EncodeSummary> encode_full_pack(const ByteSource& target, File& output, const EncodeOptions& options);

// Writes a delta pack: segments refer to ranges of `base`. When the base is of no use it is about as large as
// the full pack. Deterministic for given bytes, level, memory and codec versions.
Result<EncodeSummary> encode_delta_pack(const ByteSource& target, const ByteSource& base, File& output,
                                        const EncodeOptions& options);

}  // namespace dunlin
