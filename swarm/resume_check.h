#pragma once
#include <optional>

#include "swarm/block_store.h"
#include "swarm/piece_set.h"
#include "swarm/torrent_file.h"

namespace dunlin {

struct ResumeOutcome {
  PieceSet have;
  std::uint32_t hashed = 0;  // pieces read and hashed to find that out
};

// What of `torrent` is in `store`, of which the first `found` bytes may hold data. Pieces of `checkpoint` are
// believed when the file is long enough for them; all others are read and hashed. Blocks for as long as
// reading takes; memory: one piece.
Result<ResumeOutcome> find_verified_pieces(const TorrentFile& torrent, BlockStore& store, std::uint64_t found,
                                           const std::optional<PieceSet>& checkpoint);

}  // namespace dunlin
