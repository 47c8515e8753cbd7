#include "swarm/checkpoint_keeper.h"

namespace dunlin {

namespace {

constexpr std::uint64_t checkpoint_bytes = 1024 * 1024;
constexpr std::chrono::milliseconds checkpoint_time_max{1'000};
constexpr std::chrono::milliseconds checkpoint_time_min{250};

}  // namespace

CheckpointKeeper::CheckpointKeeper(std::uint32_t key, std::shared_ptr<SwarmShared> shared,
                                   std::shared_ptr<const TorrentFile> torrent)
    : key_(key), shared_(std::move(shared)), torrent_(std::move(torrent)) {}

bool CheckpointKeeper::is_due(SteadyTime now) const {
  if (busy_ || stopped_ || unsaved_bytes_ == 0) return false;
  const auto since = now - last_;
  return since >= checkpoint_time_max || (unsaved_bytes_ >= checkpoint_bytes && since >= checkpoint_time_min);
}

void CheckpointKeeper::begin(SteadyTime now, PieceSet have, Done done) {
  busy_ = true;
  unsaved_bytes_ = 0;
  last_ = now;
  // What is verified now was written before the sync that is queued now.
  auto synced = [self = shared_from_this(), have = std::move(have),
                 done = std::move(done)](const Result<void>& result) mutable {
    if (self->stopped_ || !result) return self->finish(self->stopped_ ? Result<void>() : result, done);
    self->save(std::move(have), std::move(done));
  };
  shared_->session->sync(key_, std::move(synced));
}

void CheckpointKeeper::save(PieceSet have, Done done) {
  EventLoop& loop = shared_->machine.loop;
  asio::post(loop.pool(),
             [self = shared_from_this(), have = std::move(have), done = std::move(done), &loop]() mutable {
               Result<void> saved = self->shared_->checkpoints.save(*self->torrent_, have);
               // Moved, not copied: the last reference must not go away on the pool.
               asio::post(loop.io(), [self = std::move(self), done = std::move(done),
                                      saved = std::move(saved)] { self->finish(saved, done); });
             });
}

void CheckpointKeeper::finish(const Result<void>& saved, const Done& done) {
  busy_ = false;
  done(saved);
}

}  // namespace dunlin
