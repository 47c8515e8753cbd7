#include <algorithm>
#include <optional>

#include "core/codec/lz4_fill.h"
#include "core/expand/erofs_cluster.h"
#include "core/expand/erofs_run.h"

namespace dunlin {

namespace {

// lz4 looks back 64 KiB and chooses its tables by whether there is more than that; what lies further ahead
// than that of a cluster's end has no say in practice (each run is proven).
constexpr std::size_t look_ahead = 72u << 10;
constexpr std::size_t window_small = 256u << 10;
constexpr std::size_t window_large = 2u << 20;
constexpr std::size_t feed_part = 256u << 10;

std::size_t whole_blocks(std::size_t size) {
  return (size + erofs_block_size - 1) / erofs_block_size * erofs_block_size;
}

class ErofsEncoder final : public StreamEncoder {
 public:
  ErofsEncoder(const ErofsPacking& packing, const ExpandedRun& run)
      : packing_(packing),
        body_left_(run.plain_length - std::min<std::uint64_t>(run.plain_length, packing.witness_size)),
        unfed_(run.plain_length),
        filler_(packing.level) {}

  Result<void> feed(ByteView plain, const ByteSink& out) override {
    if (plain.size() > unfed_) return fail(ErrorKind::usage, "more bytes than the run holds");
    while (!plain.empty()) {
      const ByteView part = plain.first(std::min(plain.size(), feed_part));
      take(part);
      plain = plain.subspan(part.size());
      Result<void> packed = pack_ready(out);
      if (!packed) return packed;
    }
    return {};
  }

  Result<void> finish(const ByteSink& out) override {
    if (unfed_ > 0) return fail(ErrorKind::usage, "fewer bytes than the run holds");
    return out(held());
  }

 private:
  ByteView held() const { return ByteView(buffer_).subspan(begin_); }

  void take(ByteView plain) {
    if (begin_ > window_small) {
      buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
      begin_ = 0;
    }
    buffer_.insert(buffer_.end(), plain.begin(), plain.end());
    unfed_ -= plain.size();
  }

  // What mkfs.erofs had before it at this point of the file, as far as it matters.
  struct View {
    ByteView plain;
    bool is_file_end = false;
  };

  // Nothing: more must be fed first. The answer depends on the offset only, never on how bytes were fed.
  std::optional<View> view(std::size_t window) {
    if (body_left_ > window) {
      if (held().size() < window) return std::nullopt;
      return View{held().first(window), false};
    }
    if (unfed_ > 0) return std::nullopt;
    const ByteView body = held().first(static_cast<std::size_t>(body_left_));
    if (packing_.witness_size == 0) return View{body, true};
    return View{with_witness(body), false};
  }

  ByteView with_witness(ByteView body) {
    ended_.assign(body.begin(), body.end());
    ErofsClusterOpener opener(packing_.cluster_size);
    for (ByteView witness = held().subspan(body.size()); !witness.empty();) {
      const ErofsClusterOpener::Cluster cluster = opener.open(witness, erofs_extent_max);
      ended_.insert(ended_.end(), cluster.plain.begin(), cluster.plain.end());
      witness = witness.subspan(cluster.packed_size);
    }
    return ended_;
  }

  Result<void> pack_ready(const ByteSink& out) {
    while (body_left_ > 0) {
      Result<bool> packed = pack_cluster(out);
      if (!packed) return fail(std::move(packed.error()));
      if (!*packed) return {};
    }
    return {};
  }

  // False: more must be fed first.
  Result<bool> pack_cluster(const ByteSink& out) {
    const std::size_t smallest = std::max<std::size_t>(window_small, 4 * packing_.cluster_size);
    for (const std::size_t window : {smallest, std::max(smallest, window_large), erofs_extent_max}) {
      const std::optional<View> seen = view(window);
      if (!seen) return false;
      Result<Lz4Filler::Filled> filled = fill(*seen);
      if (!filled) return fail(std::move(filled.error()));
      const bool settled = body_left_ <= window || window == erofs_extent_max || is_limited(seen->plain) ||
                           filled->taken + look_ahead <= seen->plain.size();
      if (!settled) continue;
      Result<void> put = put_cluster(*seen, *filled, out);
      if (!put) return fail(std::move(put.error()));
      return true;
    }
    return false;
  }

  bool is_limited(ByteView plain) const {
    return packing_.extent_size_max > 0 && plain.size() > packing_.extent_size_max;
  }

  Result<Lz4Filler::Filled> fill(const View& seen) {
    if (seen.is_file_end && seen.plain.size() <= erofs_block_size) return Lz4Filler::Filled{};
    packed_.resize(packing_.cluster_size);
    return filler_.fill(is_limited(seen.plain) ? seen.plain.first(packing_.extent_size_max) : seen.plain,
                        packed_);
  }

  Result<void> put_cluster(const View& seen, const Lz4Filler::Filled& filled, const ByteSink& out) {
    const bool ends_file = seen.is_file_end && filled.taken == seen.plain.size();
    const std::size_t cost =
        ends_file && filled.given < erofs_block_size ? filled.given : whole_blocks(filled.given);
    if (filled.taken <= cost) return put_raw(seen, out);
    const std::size_t size = whole_blocks(filled.given);
    Bytes cluster(size);
    std::copy_n(packed_.begin(), filled.given, cluster.end() - static_cast<std::ptrdiff_t>(filled.given));
    return put(cluster, filled.taken, out);
  }

  Result<void> put_raw(const View& seen, const ByteSink& out) {
    const ByteView plain = seen.plain.first(std::min<std::size_t>(seen.plain.size(), erofs_block_size));
    Bytes block(plain.begin(), plain.end());
    block.resize(erofs_block_size);
    return put(block, plain.size(), out);
  }

  Result<void> put(ByteView cluster, std::size_t plain_size, const ByteSink& out) {
    if (plain_size > body_left_)
      return fail(ErrorKind::bad_image, "an erofs run does not close where it should");
    body_left_ -= plain_size;
    begin_ += plain_size;
    return out(cluster);
  }

  ErofsPacking packing_;
  std::uint64_t body_left_;  // plain bytes without witness that no cluster holds yet
  std::uint64_t unfed_;
  Lz4Filler filler_;
  Bytes buffer_;
  std::size_t begin_ = 0;  // of what is not packed yet
  Bytes ended_;            // the last body bytes and what the witness holds
  Bytes packed_;
};

}  // namespace

std::unique_ptr<StreamEncoder> make_erofs_encoder(const ErofsPacking& packing, const ExpandedRun& run) {
  return std::make_unique<ErofsEncoder>(packing, run);
}

Result<std::unique_ptr<StreamEncoder>> make_erofs_run_encoder(const Packing& packing,
                                                              const ExpandedRun& run) {
  Result<ErofsPacking> erofs = to_erofs_packing(packing);
  if (!erofs) return fail(std::move(erofs.error()));
  return make_erofs_encoder(*erofs, run);
}

}  // namespace dunlin
