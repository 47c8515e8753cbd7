#pragma once
#include <memory>

#include "core/base/byte_source.h"
#include "swarm/checkpoint.h"
#include "swarm/file_block_store.h"

namespace dunlin {

// Copies a pack piece by piece to where a transfer will find it: pieces that are there and right are not
// read, every other one is compared with the torrent before it is written. What is there after a power cut is
// used again. For one job at a time on the pool; memory: one piece.
class PackCopy {
 public:
  // The pack's bytes begin at `offset` of `source`, which outlives this.
  PackCopy(std::shared_ptr<const TorrentFile> torrent, std::unique_ptr<FileBlockStore> store,
           const ByteSource& source, std::uint64_t offset, CheckpointStore checkpoints);

  // Finds out what is there already. Call first; blocks for as long as hashing that takes.
  Result<void> begin();
  // Copies about 8 MiB more. bad_image: a piece of the source is not the signed one, and what to do;
  // bad_peer: the source cannot be read; device: the disk is full or broken.
  Result<void> advance();
  // What was copied is on the medium, and a transfer will believe it, when this returns.
  Result<void> checkpoint();

  bool is_done() const { return next_ >= torrent_->piece_count(); }
  std::uint64_t present_bytes() const { return present_; }  // verified, wherever they came from
  std::uint64_t copied_bytes() const { return copied_; }    // by this object

 private:
  Result<void> copy_piece(std::uint32_t piece);

  std::shared_ptr<const TorrentFile> torrent_;
  std::unique_ptr<FileBlockStore> store_;
  const ByteSource& source_;
  std::uint64_t offset_;
  CheckpointStore checkpoints_;
  PieceSet have_;
  std::uint32_t next_ = 0;  // all before it are there
  std::uint64_t present_ = 0;
  std::uint64_t copied_ = 0;
};

}  // namespace dunlin
