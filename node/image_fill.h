#pragma once
#include <memory>
#include <optional>

#include "node/slot_block_store.h"
#include "swarm/piece_set.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// Before an image is fetched from neighbours: finds the pieces that need not be. A piece counts when its hash
// in the spare slot is right; or in the booted slot at the same offset; or when it is all zeros; the last two
// are written to the spare slot at once. Nothing is believed, so it may be begun again after any kill. One
// thread at a time.
class ImageFill {
 public:
  // `booted` may be null: it cannot be read.
  ImageFill(std::shared_ptr<const TorrentFile> torrent, std::shared_ptr<SlotBlockStore> spare,
            std::unique_ptr<File> booted);

  // Blocks: looks at about 16 MiB of the image. device: the spare slot cannot be read or written; a booted
  // slot that cannot be read costs only bytes to fetch.
  Result<void> advance();
  bool is_done() const { return next_ == torrent_->piece_count(); }
  const PieceSet& have() const { return have_; }
  // Bytes of the image that were looked at.
  std::uint64_t searched_bytes() const { return searched_; }
  // Bytes of pieces that came from the booted slot or are zeros.
  std::uint64_t lent_bytes() const { return lent_; }

 private:
  Result<bool> find(std::uint32_t piece);
  bool is_right(std::uint32_t piece, ByteView bytes);
  bool read_booted(std::uint32_t piece);

  std::shared_ptr<const TorrentFile> torrent_;
  std::shared_ptr<SlotBlockStore> spare_;
  std::unique_ptr<File> booted_;
  PieceSet have_;
  std::uint32_t next_ = 0;
  std::uint64_t searched_ = 0;
  std::uint64_t lent_ = 0;
  Bytes present_;
  Bytes other_;
  std::optional<Digest> zero_hash_;  // of a whole piece of zeros
};

}  // namespace dunlin
