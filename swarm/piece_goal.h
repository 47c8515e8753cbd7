#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/base/byte_range.h"
#include "swarm/piece_set.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// What of a torrent is here, and what of it is wanted at all. At first everything is.
class PieceGoal {
 public:
  explicit PieceGoal(std::shared_ptr<const TorrentFile> torrent);

  // Wants the pieces that hold any byte of these ranges, and no others; without ranges, every piece. What is
  // here stays here. Bytes behind the end of the content are nobody's.
  void want(const std::optional<std::vector<ByteRange>>& ranges);
  bool wants(std::uint32_t piece) const { return wanted_.has(piece); }
  const PieceSet& wanted() const { return wanted_; }

  void set_have(PieceSet have);
  const PieceSet& have() const { return have_; }
  // False when it was here already.
  bool add(std::uint32_t piece);

  // Nothing wanted is missing.
  bool is_reached() const { return missing_bytes_ == 0; }
  // Bytes of wanted pieces, of those of them that are not here, and of all that are here.
  std::uint64_t wanted_bytes() const { return wanted_bytes_; }
  std::uint64_t missing_bytes() const { return missing_bytes_; }
  std::uint64_t verified_bytes() const { return verified_bytes_; }
  // Bytes before the first wanted piece that is missing: what is wanted of them can be read.
  std::uint64_t reach() const;

 private:
  void recount();
  void move_reach();

  std::shared_ptr<const TorrentFile> torrent_;
  PieceSet wanted_;
  PieceSet have_;
  std::uint64_t wanted_bytes_ = 0;
  std::uint64_t missing_bytes_ = 0;
  std::uint64_t verified_bytes_ = 0;
  std::uint32_t reach_ = 0;  // pieces
};

}  // namespace dunlin
