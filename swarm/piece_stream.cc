#include "swarm/piece_stream.h"

#include "core/base/check.h"

namespace dunlin {

PieceStream::PieceStream(std::shared_ptr<const TorrentFile> torrent, FetchRun run, Bytes partial)
    : torrent_(std::move(torrent)), left_(run), partial_(std::move(partial)) {
  CHECK(run.count > 0 && partial_.size() < present_length());
}

std::uint64_t PieceStream::offset() const {
  return torrent_->piece_offset(left_.first) + partial_.size();
}

std::uint64_t PieceStream::remaining() const {
  if (is_done()) return 0;
  const std::uint32_t last = left_.first + left_.count - 1;
  return torrent_->piece_offset(last) + torrent_->piece_length(last) - offset();
}

std::size_t PieceStream::take(ByteView bytes) {
  if (is_done()) return 0;
  const std::size_t count = std::min<std::size_t>(bytes.size(), present_length() - partial_.size());
  if (partial_.empty()) partial_.reserve(present_length());
  partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

std::optional<WholePiece> PieceStream::pop() {
  if (is_done() || partial_.size() < present_length()) return std::nullopt;
  WholePiece whole{left_.first, take_partial()};
  ++left_.first;
  --left_.count;
  return whole;
}

}  // namespace dunlin
