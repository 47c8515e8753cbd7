#include "core/encode/base_index.h"

#include <algorithm>
#include <tuple>

#include "core/content/gear.h"

namespace dunlin {

namespace {

constexpr std::size_t part_size = 1u << 20;
constexpr std::size_t block_size = 4096;
constexpr int rate_log_min = 8;
constexpr std::size_t places_max = 16;  // of one key

// Two bits a byte, so that the 64 bits remember 32 bytes: changed programs agree in short stretches only.
std::uint64_t roll(std::uint64_t hash, std::uint8_t byte) {
  return (hash << 2) + gear_table[byte];
}

// Half of what is allowed, because content decides how many places are really taken.
int rate_log_for(std::uint64_t size) {
  int rate_log = rate_log_min;
  while ((size >> rate_log) > base_index_count_max / 2) ++rate_log;
  return rate_log;
}

}  // namespace

void FingerprintSampler::add(ByteView bytes, std::uint64_t offset, std::vector<Fingerprint>& out) {
  const std::uint64_t mask = ~std::uint64_t{0} << (64 - rate_log_);
  for (std::size_t begin = 0; begin < bytes.size(); begin += block_size) {
    const ByteView block = bytes.subspan(begin, std::min(block_size, bytes.size() - begin));
    if (all_zero(block)) {
      hash_ = 0;
      continue;
    }
    std::uint64_t hash = hash_;
    for (std::size_t i = 0; i < block.size(); ++i) {
      hash = roll(hash, block[i]);
      if ((hash & mask) != 0 || hash == last_key_) continue;
      last_key_ = hash;
      out.push_back({hash, offset + begin + i + 1});
    }
    hash_ = hash;
  }
}

Result<BaseIndex> BaseIndex::build(const ByteSource& base, std::uint64_t begin,
                                   const std::atomic<bool>* cancel) {
  BaseIndex index;
  index.begin_ = begin;
  index.end_ = base.size();
  index.rate_log_ = rate_log_for(index.end_ - begin);
  FingerprintSampler sampler(index.rate_log_);
  Bytes buffer(part_size);
  std::vector<Fingerprint> found;
  for (std::uint64_t offset = begin; offset < index.end_; offset += part_size) {
    if (cancel != nullptr && *cancel) return fail(ErrorKind::cancelled, "encoding was cancelled");
    const ByteSpan part = ByteSpan(buffer).first(std::min<std::uint64_t>(part_size, index.end_ - offset));
    Result<void> read = base.read(offset, part);
    if (!read) return fail(std::move(read.error()), "reading the base image");
    found.clear();
    sampler.add(part, offset, found);
    const std::size_t room = base_index_count_max - index.fingerprints_.size();
    found.resize(std::min(found.size(), room));
    index.fingerprints_.insert(index.fingerprints_.end(), found.begin(), found.end());
  }
  std::sort(index.fingerprints_.begin(), index.fingerprints_.end(),
            [](const Fingerprint& a, const Fingerprint& b) {
              return std::tie(a.key, a.offset) < std::tie(b.key, b.offset);
            });
  return index;
}

std::span<const Fingerprint> BaseIndex::find(std::uint64_t key) const {
  const auto before = [](const Fingerprint& entry, std::uint64_t wanted) { return entry.key < wanted; };
  const auto first = std::lower_bound(fingerprints_.begin(), fingerprints_.end(), key, before);
  auto last = first;
  while (last != fingerprints_.end() && last->key == key) {
    ++last;
    if (static_cast<std::size_t>(last - first) > places_max) return {};
  }
  return {first, last};
}

std::span<const Fingerprint> BaseIndex::find_before(std::uint64_t key, std::uint64_t end) const {
  const auto before = [](const Fingerprint& a, const Fingerprint& b) {
    return std::tie(a.key, a.offset) < std::tie(b.key, b.offset);
  };
  const auto last =
      std::upper_bound(fingerprints_.begin(), fingerprints_.end(), Fingerprint{key, end}, before);
  auto first = last;
  while (first != fingerprints_.begin() && std::prev(first)->key == key &&
         static_cast<std::size_t>(last - first) < places_max)
    --first;
  return {first, last};
}

}  // namespace dunlin
