#include "node/image_fill.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::uint64_t step_bytes = 16u << 20;

}  // namespace

ImageFill::ImageFill(std::shared_ptr<const TorrentFile> torrent, std::shared_ptr<SlotBlockStore> spare,
                     std::unique_ptr<File> booted)
    : torrent_(std::move(torrent)),
      spare_(std::move(spare)),
      booted_(std::move(booted)),
      have_(torrent_->piece_count()) {}

Result<void> ImageFill::advance() {
  for (std::uint64_t done = 0; done < step_bytes && !is_done();) {
    Result<bool> found = find(next_);
    if (!found) return fail(std::move(found.error()));
    if (*found) have_.insert(next_);
    done += torrent_->piece_length(next_);
    searched_ += torrent_->piece_length(next_);
    ++next_;
  }
  return {};
}

// Images hold long runs of zeros: what a piece of them must be is worked out once.
bool ImageFill::is_right(std::uint32_t piece, ByteView bytes) {
  if (bytes.size() != torrent_->piece_size || !all_zero(bytes)) return piece_matches(*torrent_, piece, bytes);
  if (!zero_hash_) zero_hash_ = piece_hash(*torrent_, bytes);
  return *zero_hash_ == torrent_->piece_layer[piece];
}

bool ImageFill::read_booted(std::uint32_t piece) {
  if (!booted_) return false;
  Result<std::size_t> count = booted_->read_at(torrent_->piece_offset(piece), other_);
  if (count) return *count == other_.size();
  log_warning("the booted slot lends nothing from here on", {{"error", count.error()}});
  booted_.reset();
  return false;
}

Result<bool> ImageFill::find(std::uint32_t piece) {
  const std::uint64_t offset = torrent_->piece_offset(piece);
  present_.resize(torrent_->piece_length(piece));
  other_.resize(present_.size());
  Result<void> read = spare_->read(offset, present_);
  if (!read) return fail(std::move(read.error()));
  if (is_right(piece, present_)) return true;
  bool lent = read_booted(piece) && other_ != present_ && is_right(piece, other_);
  if (!lent) {
    std::fill(other_.begin(), other_.end(), std::uint8_t{0});
    lent = is_right(piece, other_);
  }
  if (!lent) return false;
  Result<void> written = spare_->write(offset, other_);
  if (!written) return fail(std::move(written.error()));
  lent_ += other_.size();
  return true;
}

}  // namespace dunlin
