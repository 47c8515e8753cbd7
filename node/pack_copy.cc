#include "node/pack_copy.h"

#include "swarm/resume_check.h"

namespace dunlin {

namespace {

constexpr std::uint64_t copied_in_one_job = 8u << 20;

}  // namespace

PackCopy::PackCopy(std::shared_ptr<const TorrentFile> torrent, std::unique_ptr<FileBlockStore> store,
                   const ByteSource& source, std::uint64_t offset, CheckpointStore checkpoints)
    : torrent_(std::move(torrent)),
      store_(std::move(store)),
      source_(source),
      offset_(offset),
      checkpoints_(std::move(checkpoints)),
      have_(torrent_->piece_count()) {}

Result<void> PackCopy::begin() {
  const std::optional<PieceSet> believed = checkpoints_.load(*torrent_);
  Result<ResumeOutcome> found = find_verified_pieces(*torrent_, *store_, store_->found(), believed);
  if (!found) return fail(std::move(found.error()));
  have_ = std::move(found->have);
  for (std::uint32_t i = 0; i < have_.size(); ++i) {
    if (have_.has(i)) present_ += torrent_->piece_length(i);
  }
  while (!is_done() && have_.has(next_)) ++next_;
  return {};
}

Result<void> PackCopy::advance() {
  const std::uint64_t enough = copied_ + copied_in_one_job;
  while (!is_done() && copied_ < enough) {
    if (!have_.has(next_)) {
      Result<void> copied = copy_piece(next_);
      if (!copied) return copied;
    }
    ++next_;
  }
  return {};
}

Result<void> PackCopy::copy_piece(std::uint32_t piece) {
  Bytes bytes(torrent_->piece_length(piece));
  const std::uint64_t at = torrent_->piece_offset(piece);
  Result<void> read = source_.read(offset_ + at, bytes);
  if (!read) return fail(ErrorKind::bad_peer, "reading the bundle: " + read.error().message);
  if (!piece_matches(*torrent_, piece, bytes))
    return fail(ErrorKind::bad_image, "the bundle is damaged at byte " + std::to_string(offset_ + at) +
                                          " or in the " + std::to_string(bytes.size()) +
                                          " bytes after it: copy it again, or make another one");
  Result<void> written = store_->write(at, bytes);
  if (!written) return written;
  have_.insert(piece);
  present_ += bytes.size();
  copied_ += bytes.size();
  return {};
}

Result<void> PackCopy::checkpoint() {
  Result<void> synced = store_->sync();
  if (!synced) return synced;
  return checkpoints_.save(*torrent_, have_);
}

}  // namespace dunlin
