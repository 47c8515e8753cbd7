#pragma once
#include <functional>
#include <memory>

#include "swarm/swarm_shared.h"

namespace dunlin {

// Writes one transfer's checkpoints: content to the medium first, then the list of pieces. One at a time. Its
// tasks may outlast the transfer.
class CheckpointKeeper : public std::enable_shared_from_this<CheckpointKeeper> {
 public:
  using Done = std::function<void(const Result<void>&)>;  // on the loop

  CheckpointKeeper(std::uint32_t key, std::shared_ptr<SwarmShared> shared,
                   std::shared_ptr<const TorrentFile> torrent);

  // Verified bytes that no checkpoint names yet.
  void note(std::uint64_t bytes) { unsaved_bytes_ += bytes; }
  bool has_unsaved() const { return unsaved_bytes_ > 0; }
  bool is_busy() const { return busy_; }
  // Unsaved bytes have waited long enough.
  bool is_due(SteadyTime now) const;
  // Not while it is busy. `have` is verified now. `done` is called exactly once.
  void begin(SteadyTime now, PieceSet have, Done done);
  // A checkpoint under way ends without being written.
  void stop() { stopped_ = true; }

 private:
  void save(PieceSet have, Done done);
  void finish(const Result<void>& saved, const Done& done);

  std::uint32_t key_;
  std::shared_ptr<SwarmShared> shared_;
  std::shared_ptr<const TorrentFile> torrent_;
  bool busy_ = false;
  bool stopped_ = false;
  std::uint64_t unsaved_bytes_ = 0;
  SteadyTime last_{};
};

}  // namespace dunlin
