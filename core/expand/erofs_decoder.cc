#include <algorithm>

#include "core/expand/erofs_cluster.h"
#include "core/expand/erofs_run.h"

namespace dunlin {

namespace {

class ErofsDecoder final : public StreamDecoder {
 public:
  ErofsDecoder(const ErofsPacking& packing, const ExpandedRun& run)
      : packing_(packing),
        packed_left_(run.packed_length - std::min<std::uint64_t>(run.packed_length, packing.witness_size)),
        plain_left_(run.plain_length - std::min<std::uint64_t>(run.plain_length, packing.witness_size)),
        opener_(packing.cluster_size) {}

  Result<StreamProgress> decode(ByteView packed, ByteSpan plain) override {
    StreamProgress progress;
    for (;;) {
      progress.produced += hand_out(plain.subspan(progress.produced));
      if (handed_ < plain_.size()) return progress;
      if (packed_left_ == 0) return pass_witness(packed, plain, progress);
      progress.consumed += take(packed.subspan(progress.consumed));
      if (held_.size() < wanted()) return progress;
      Result<void> opened = open_cluster();
      if (!opened) return fail(std::move(opened.error()));
    }
  }

 private:
  std::size_t hand_out(ByteSpan plain) {
    const std::size_t count = std::min(plain.size(), plain_.size() - handed_);
    std::copy_n(plain_.begin() + static_cast<std::ptrdiff_t>(handed_), count, plain.begin());
    handed_ += count;
    return count;
  }

  StreamProgress pass_witness(ByteView packed, ByteSpan plain, StreamProgress progress) const {
    const std::size_t count = std::min(packed.size() - progress.consumed, plain.size() - progress.produced);
    std::copy_n(packed.begin() + static_cast<std::ptrdiff_t>(progress.consumed), count,
                plain.begin() + static_cast<std::ptrdiff_t>(progress.produced));
    return {progress.consumed + count, progress.produced + count};
  }

  std::size_t wanted() const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(packing_.cluster_size, packed_left_));
  }

  std::size_t take(ByteView packed) {
    const std::size_t count = std::min(packed.size(), wanted() - held_.size());
    held_.insert(held_.end(), packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

  Result<void> open_cluster() {
    if (plain_left_ == 0) return fail(ErrorKind::bad_image, "an erofs run has more clusters than it needs");
    const ErofsClusterOpener::Cluster cluster = opener_.open(held_, plain_left_);
    plain_.assign(cluster.plain.begin(), cluster.plain.end());
    handed_ = 0;
    plain_left_ -= plain_.size();
    packed_left_ -= cluster.packed_size;
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(cluster.packed_size));
    return {};
  }

  ErofsPacking packing_;
  std::uint64_t packed_left_;  // without the witness
  std::uint64_t plain_left_;
  ErofsClusterOpener opener_;
  Bytes held_;   // of the next cluster
  Bytes plain_;  // of the last one
  std::size_t handed_ = 0;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_erofs_decoder(const ErofsPacking& packing, const ExpandedRun& run) {
  return std::make_unique<ErofsDecoder>(packing, run);
}

Result<std::unique_ptr<StreamDecoder>> make_erofs_run_decoder(const Packing& packing,
                                                              const ExpandedRun& run) {
  Result<ErofsPacking> erofs = to_erofs_packing(packing);
  if (!erofs) return fail(std::move(erofs.error()));
  return make_erofs_decoder(*erofs, run);
}

}  // namespace dunlin
