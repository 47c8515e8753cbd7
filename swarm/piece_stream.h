#pragma once
#include <memory>
#include <optional>

#include "swarm/fetch_run.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// A piece whose bytes have all come; its hash is not known yet.
struct WholePiece {
  std::uint32_t piece = 0;
  Bytes bytes;
};

// Cuts the bytes of consecutive pieces into whole pieces while they arrive, in any portions. Pure.
class PieceStream {
 public:
  // The bytes of `run` (at least one piece) behind `partial`, the first bytes of its first piece that are
  // here already: fewer than that piece has.
  PieceStream(std::shared_ptr<const TorrentFile> torrent, FetchRun run, Bytes partial);

  // Where the bytes that are still missing begin in the content, and how many they are.
  std::uint64_t offset() const;
  std::uint64_t remaining() const;
  bool is_done() const { return left_.count == 0; }

  // Takes bytes up to the end of the present piece; how many those were. When the piece is whole, pop() it
  // before more bytes are taken.
  std::size_t take(ByteView bytes);
  // The present piece when it is whole; the next one is the present one then.
  std::optional<WholePiece> pop();

  // The pieces that are not whole yet, and what there is of the first of them.
  FetchRun left() const { return left_; }
  const Bytes& partial() const { return partial_; }
  Bytes take_partial() { return std::exchange(partial_, {}); }

 private:
  std::uint32_t present_length() const { return torrent_->piece_length(left_.first); }

  std::shared_ptr<const TorrentFile> torrent_;
  FetchRun left_;
  Bytes partial_;
};

}  // namespace dunlin
