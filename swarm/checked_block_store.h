#pragma once
#include <memory>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "swarm/block_store.h"
#include "swarm/torrent_file.h"

namespace dunlin {

// The first bytes of an open file or block device, read only, each piece compared with the torrent before a
// byte of it leaves: a slot that was mounted writable gets nobody banned, and nothing has to be read before
// serving begins.
class CheckedBlockStore final : public BlockStore {
 public:
  // A piece that was right is believed for this long, so that many neighbours cost one reading.
  static constexpr std::chrono::seconds trusted_for{60};

  CheckedBlockStore(std::unique_ptr<File> file, std::shared_ptr<const TorrentFile> torrent,
                    const Clock& clock)
      : file_(std::move(file)),
        torrent_(std::move(torrent)),
        clock_(clock),
        checked_(torrent_->piece_count(), SteadyTime::min()) {}

  std::uint64_t size() const override { return torrent_->size; }
  // bad_image when a piece that the range touches is not what the torrent says.
  Result<void> read(std::uint64_t offset, ByteSpan out) override;
  // Always fails (device): what is served here is never changed.
  Result<void> write(std::uint64_t offset, ByteView bytes) override;
  Result<void> sync() override { return {}; }

 private:
  bool is_trusted(std::uint32_t piece) const;
  Result<void> check(std::uint32_t piece);

  std::unique_ptr<File> file_;
  std::shared_ptr<const TorrentFile> torrent_;
  const Clock& clock_;
  std::vector<SteadyTime> checked_;  // by piece: when it was last right
};

}  // namespace dunlin
