#pragma once
#include <atomic>
#include <functional>

#include "core/base/byte_source.h"

namespace dunlin {

struct EncodeOptions {
  int level = 19;   // zstd level, 1..22
  int threads = 1;  // the result does not depend on it
  std::function<void(std::uint64_t done, std::uint64_t total)>
      on_progress;                            // target bytes; called from any thread, serialised
  const std::atomic<bool>* cancel = nullptr;  // when it turns true: ErrorKind::cancelled
};

struct EncodeSummary {
  Digest target_id;
  std::uint64_t target_size = 0;
  std::uint64_t pack_size = 0;
  std::uint64_t copied_bytes = 0;  // target bytes that come from copy segments
  std::uint64_t zero_bytes = 0;
};

// Writes a full pack of `target` into `output` (empty, read-write). Deterministic for given bytes and zstd
// version.
Result<EncodeSummary> encode_full_pack(const ByteSource& target, File& output, const EncodeOptions& options);

// Writes a delta pack: segments refer to ranges of `base`. When the base is of no use it is about as large as
// the full pack.
Result<EncodeSummary> encode_delta_pack(const ByteSource& target, const ByteSource& base, File& output,
                                        const EncodeOptions& options);

}  // namespace dunlin
