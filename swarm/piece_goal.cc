#include "swarm/piece_goal.h"

#include <algorithm>

namespace dunlin {

namespace {

PieceSet pieces_with(const TorrentFile& torrent, const std::vector<ByteRange>& ranges) {
  PieceSet pieces(torrent.piece_count());
  for (const ByteRange& range : ranges) {
    if (range.length == 0 || range.offset >= torrent.size) continue;
    const std::uint64_t length = std::min(range.length, torrent.size - range.offset);
    const auto first = static_cast<std::uint32_t>(range.offset / torrent.piece_size);
    const auto last = static_cast<std::uint32_t>((range.offset + length - 1) / torrent.piece_size);
    for (std::uint32_t piece = first; piece <= last; ++piece) pieces.insert(piece);
  }
  return pieces;
}

}  // namespace

PieceGoal::PieceGoal(std::shared_ptr<const TorrentFile> torrent)
    : torrent_(std::move(torrent)), have_(torrent_->piece_count()) {
  want(std::nullopt);
}

void PieceGoal::want(const std::optional<std::vector<ByteRange>>& ranges) {
  const std::vector<ByteRange> everything = {{0, torrent_->size}};
  wanted_ = pieces_with(*torrent_, ranges ? *ranges : everything);
  recount();
}

void PieceGoal::set_have(PieceSet have) {
  have_ = std::move(have);
  recount();
}

bool PieceGoal::add(std::uint32_t piece) {
  if (!have_.insert(piece)) return false;
  const std::uint32_t length = torrent_->piece_length(piece);
  verified_bytes_ += length;
  if (wanted_.has(piece)) missing_bytes_ -= length;
  move_reach();
  return true;
}

void PieceGoal::recount() {
  wanted_bytes_ = missing_bytes_ = verified_bytes_ = 0;
  for (std::uint32_t piece = 0; piece < have_.size(); ++piece) {
    const std::uint32_t length = torrent_->piece_length(piece);
    if (have_.has(piece)) verified_bytes_ += length;
    if (!wanted_.has(piece)) continue;
    wanted_bytes_ += length;
    if (!have_.has(piece)) missing_bytes_ += length;
  }
  reach_ = 0;
  move_reach();
}

void PieceGoal::move_reach() {
  while (reach_ < have_.size() && (have_.has(reach_) || !wanted_.has(reach_))) ++reach_;
}

std::uint64_t PieceGoal::reach() const {
  return std::min<std::uint64_t>(torrent_->piece_offset(reach_), torrent_->size);
}

}  // namespace dunlin
