#include "swarm/resume_check.h"

namespace dunlin {

namespace {

// A checkpoint that names pieces past the end of the file is of a file that was there before this one.
bool fits(const PieceSet& checkpoint, const TorrentFile& torrent, std::uint64_t found) {
  for (std::uint32_t i = 0; i < checkpoint.size(); ++i) {
    if (checkpoint.has(i) && torrent.piece_offset(i) + torrent.piece_length(i) > found) return false;
  }
  return true;
}

}  // namespace

Result<ResumeOutcome> find_verified_pieces(const TorrentFile& torrent, BlockStore& store, std::uint64_t found,
                                           const std::optional<PieceSet>& checkpoint) {
  const bool believed = checkpoint && fits(*checkpoint, torrent, found);
  ResumeOutcome out{PieceSet(torrent.piece_count()), 0};
  // Holes read as zeros; what a whole piece of zeros would be is worked out once, not for each hole.
  std::optional<Digest> zero_hash;
  Bytes buffer;
  for (std::uint32_t i = 0; i < torrent.piece_count() && torrent.piece_offset(i) < found; ++i) {
    if (believed && checkpoint->has(i)) {
      out.have.insert(i);
      continue;
    }
    if (torrent.piece_offset(i) + torrent.piece_length(i) > found) break;
    buffer.resize(torrent.piece_length(i));
    Result<void> read = store.read(torrent.piece_offset(i), buffer);
    if (!read) return fail(std::move(read.error()), "looking for what is already there");
    const bool whole = buffer.size() == torrent.piece_size;
    if (whole && all_zero(buffer)) {
      if (!zero_hash) zero_hash = piece_hash(torrent, buffer);
      if (*zero_hash == torrent.piece_layer[i]) out.have.insert(i);
      continue;
    }
    ++out.hashed;
    if (piece_matches(torrent, i, buffer)) out.have.insert(i);
  }
  return out;
}

}  // namespace dunlin
