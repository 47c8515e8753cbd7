#pragma once
#include <atomic>

#include "core/base/byte_source.h"

namespace dunlin {

// A hash of the 32 bytes that end at `offset` of some image.
struct Fingerprint {
  std::uint64_t key = 0;
  std::uint64_t offset = 0;
};

// Takes fingerprints at places that the content chooses: the same bytes give the same fingerprints wherever
// they lie. Long zero runs give none.
class FingerprintSampler {
 public:
  // One place in 2^rate_log is taken; rate_log in [1, 24].
  explicit FingerprintSampler(int rate_log) : rate_log_(rate_log) {}
  // Bytes that follow those of the last call; `offset` is that of bytes[0].
  void add(ByteView bytes, std::uint64_t offset, std::vector<Fingerprint>& out);

 private:
  int rate_log_;
  std::uint64_t hash_ = 0;
  std::uint64_t last_key_ = 0;
};

// Fingerprints of a base, at most base_index_count_max of them whatever its size: tells where
// bytes of a target are likely to be found. Immutable; any thread may ask.
class BaseIndex {
 public:
  // Reads the base once, from `begin` to its end. `cancel` may be null. Fails with cancelled, or as
  // ByteSource::read does.
  static Result<BaseIndex> build(const ByteSource& base, std::uint64_t begin,
                                 const std::atomic<bool>* cancel);

  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return end_; }
  int rate_log() const { return rate_log_; }
  // All places with this key; none when there are too many to tell anything.
  std::span<const Fingerprint> find(std::uint64_t key) const;
  // The last places with this key that end at or before `end`, at most 16, ascending.
  std::span<const Fingerprint> find_before(std::uint64_t key, std::uint64_t end) const;

 private:
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  int rate_log_ = 0;
  std::vector<Fingerprint> fingerprints_;  // sorted by key, then offset
};

inline constexpr std::size_t base_index_count_max = 4u << 20;

}  // namespace dunlin
