#include "core/expand/canary.h"

#include <map>
#include <mutex>

#include "core/codec/lz4_block.h"
#include "core/codec/lzma_xz.h"
#include "core/codec/lzo_block.h"
#include "core/codec/zlib_block.h"
#include "core/codec/zstd.h"
#include "core/expand/packing_codec.h"

namespace dunlin {

namespace {

constexpr std::size_t sample_size = 16'000;
constexpr std::size_t long_sample_size = (2u << 20) + 20'000;  // two jobs of zstd level 1

struct Trial {
  Packing packing;
  std::size_t size = sample_size;
};

struct Canary {
  PackingKind kind;
  std::string_view name;
  std::string_view expected;  // the beginning of the digest over all trials
  std::vector<Trial> trials;
};

const std::vector<Canary>& canaries() {
  using enum PackingKind;
  static const std::vector<Canary> all = {
      {zstd_block,
       "zstd_block",
       "ab70851717e6d881",
       {{{zstd_block, {1}}},
        {{zstd_block, {3}}},
        {{zstd_block, {9}}},
        {{zstd_block, {15}}},
        {{zstd_block, {19}}}}},
      {zstd_stream,
       "zstd_stream",
       "54497a71ddb7b875",
       {{{zstd_stream, {1, 1, 0}}, long_sample_size},
        {{zstd_stream, {9, 1, 0}}},
        {{zstd_stream, {9, 0, 3}}}}},
      {zlib_block,
       "zlib_block",
       "1e321ddb8f7bb804",
       {{{zlib_block, {9, 15, 0}}}, {{zlib_block, {4, 12, 1}}}}},
      {gzip_stream, "gzip_stream", "aa672384fa498a40", {{{gzip_stream, {6, 8}}}, {{gzip_stream, {1, 9}}}}},
      {xz_block, "xz_block", "99bdde5597268ff2", {{{xz_block, {6, 131'072}}}, {{xz_block, {6, 8'192, 1}}}}},
      {xz_stream, "xz_stream", "0c244bb7374f0704", {{{xz_stream, {0, 4}}}, {{xz_stream, {16, 1}}}}},
      {lz4_block, "lz4_block", "cbb89687a75d71c8", {{{lz4_block, {1}}}}},
      {lz4hc_block, "lz4hc_block", "17eceeab9f7fb5cd", {{{lz4hc_block, {9}}}, {{lz4hc_block, {12}}}}},
      {lz4_legacy,
       "lz4_legacy",
       "80e0b5547da07311",
       {{{lz4_legacy, {1}}}, {{lz4_legacy, {9}}}, {{lz4_legacy, {12}}}}},
      {lzo_block,
       "lzo_block",
       "ad1e0759b31044c3",
       {{{lzo_block, {4, 8}}}, {{lzo_block, {0, 0}}}, {{lzo_block, {3, 0}}}}},
      {erofs_lz4,
       "erofs_lz4",
       "a05ca5bd959669dd",
       {{{erofs_lz4, {0, 4096}}}, {{erofs_lz4, {9, 4096}}}, {{erofs_lz4, {12, 65'536}}}}},
      {erofs_tail, "erofs_tail", "2ab4f80e9b0cdc62", {{{erofs_tail, {70}}}}},
  };
  return all;
}

const Canary* canary_of(PackingKind kind) {
  for (const Canary& canary : canaries())
    if (canary.kind == kind) return &canary;
  return nullptr;
}

// Words in no order, now and then one that never came before: every part of an encoder has something to do.
Bytes canary_sample(std::size_t size) {
  std::uint64_t state = 0x64756E6C696E0002;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  Bytes bytes;
  bytes.reserve(size + 16);
  while (bytes.size() < size) {
    const std::uint64_t chosen = next();
    const std::size_t length = 3 + chosen % 11;
    const bool seen = bytes.size() > 1'000 && (chosen >> 8) % 8 != 0;
    const std::size_t from = seen ? (chosen >> 16) % (bytes.size() - 16) : 0;
    for (std::size_t i = 0; i < length; ++i)
      bytes.push_back(seen ? bytes[from + i] : static_cast<std::uint8_t>(next() >> 56));
  }
  bytes.resize(size);
  return bytes;
}

Result<void> add_trial(const Trial& trial, Sha256& hash) {
  const ExpandedRun run{.packed_length = trial.size, .plain_length = trial.size, .packing = 1};
  Result<std::unique_ptr<StreamEncoder>> encoder = make_run_encoder(trial.packing, run);
  if (!encoder) return fail(std::move(encoder.error()));
  const ByteSink add = [&hash](ByteView packed) {
    hash.add(packed);
    return Result<void>{};
  };
  Result<void> fed = (*encoder)->feed(canary_sample(trial.size), add);
  if (!fed) return fed;
  return (*encoder)->finish(add);
}

bool sings(const Canary& canary) {
  const Result<Digest> digest = canary_digest(canary.kind);
  return digest && digest->hex().starts_with(canary.expected);
}

}  // namespace

Result<Digest> canary_digest(PackingKind kind) {
  const Canary* canary = canary_of(kind);
  if (canary == nullptr) return fail(ErrorKind::bad_image, "an unknown packing: update dunlin first");
  Sha256 hash;
  for (const Trial& trial : canary->trials) {
    Result<void> added = add_trial(trial, hash);
    if (!added) return fail(std::move(added.error()));
  }
  return hash.finish();
}

bool is_trusted(PackingKind kind) {
  static std::mutex mutex;
  static std::map<PackingKind, bool> known;
  const Canary* canary = canary_of(kind);
  if (canary == nullptr) return false;
  const std::lock_guard lock(mutex);
  const auto found = known.find(kind);
  if (found != known.end()) return found->second;
  return known[kind] = sings(*canary);
}

std::vector<PackingKind> packing_kinds() {
  std::vector<PackingKind> kinds;
  for (const Canary& canary : canaries()) kinds.push_back(canary.kind);
  return kinds;
}

std::string_view to_string(PackingKind kind) {
  const Canary* canary = canary_of(kind);
  return canary == nullptr ? "unknown" : canary->name;
}

std::string codec_versions() {
  return "zstd " + zstd_version() + ", lz4 " + lz4_version() + ", liblzma " + lzma_version() + ", zlib " +
         deflate_version() + ", lzo " + lzo1x_version();
}

}  // namespace dunlin
