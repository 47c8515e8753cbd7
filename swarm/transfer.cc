#include "swarm/transfer.h"

#include <algorithm>

#include "core/base/log.h"
#include "swarm/resume_check.h"

namespace dunlin {

namespace {

using std::chrono_literals::operator""s;

constexpr std::chrono::seconds checkpoint_patience{5};  // a medium that hangs must not hold up a shutdown

std::string with_remedy(const Error& error) {
  if (error.cause == std::errc::no_space_on_device)
    return error.message + "; make room on that file system and start the update again";
  return error.message;
}

}  // namespace

Transfer::Transfer(std::uint32_t key, TransferSpec spec, std::shared_ptr<SwarmShared> shared,
                   TorrentFile torrent, std::shared_ptr<BlockStore> store)
    : key_(key),
      spec_(std::move(spec)),
      shared_(std::move(shared)),
      torrent_(std::make_shared<const TorrentFile>(std::move(torrent))),
      store_(std::move(store)),
      goal_(torrent_),
      keeper_(std::make_shared<CheckpointKeeper>(key, shared_, torrent_)),
      dialer_(key, *spec_.content, *shared_),
      leg_(key, spec_, shared_, torrent_, goal_, dialer_),
      waiters_(shared_->machine.loop.io()) {
  goal_.want(spec_.wanted);
  status_.size = torrent_->size;
  status_.role = "waiting";
}

Result<std::shared_ptr<Transfer>> Transfer::open(std::uint32_t key, TransferSpec spec,
                                                 std::shared_ptr<SwarmShared> shared) {
  Result<TorrentFile> torrent = parse_torrent(spec.torrent);
  if (!torrent) return fail(std::move(torrent.error()), spec.name);
  if (!spec.content) spec.content = torrent->info_hash;
  if (spec.store) return open_given(key, std::move(spec), std::move(shared), std::move(*torrent));
  const auto access = spec.seed_only ? FileBlockStore::Access::read_only : FileBlockStore::Access::read_write;
  Result<std::unique_ptr<FileBlockStore>> store =
      FileBlockStore::open(shared->machine.disk, spec.path, torrent->size, access);
  if (!store) return fail(std::move(store.error()), spec.name);
  const std::uint64_t found = (*store)->found();
  std::shared_ptr<Transfer> made(
      new Transfer(key, std::move(spec), std::move(shared), std::move(*torrent), std::move(*store)));
  made->found_ = found;
  return made;
}

// The content lives where the caller says.
Result<std::shared_ptr<Transfer>> Transfer::open_given(std::uint32_t key, TransferSpec spec,
                                                       std::shared_ptr<SwarmShared> shared,
                                                       TorrentFile torrent) {
  if (spec.have.size() == 0) spec.have = PieceSet(torrent.piece_count());
  if (spec.store->size() != torrent.size || spec.have.size() != torrent.piece_count())
    return fail(ErrorKind::bad_image, spec.name + ": the torrent is of another content");
  std::shared_ptr<BlockStore> store = spec.store;
  return std::shared_ptr<Transfer>(
      new Transfer(key, std::move(spec), std::move(shared), std::move(torrent), std::move(store)));
}

void Transfer::start() {
  spawn(shared_->machine.loop.io(), resume(shared_from_this()));
}

Task<> Transfer::resume(std::shared_ptr<Transfer> self) {
  static_cast<void>(self);  // keeps it alive
  if (spec_.store) {
    note_resumed(spec_.have);
    join(spec_.have);
    co_return;
  }
  if (spec_.seed_only) {
    PieceSet all(torrent_->piece_count());
    for (std::uint32_t i = 0; i < all.size(); ++i) all.insert(i);
    join(std::move(all));
    co_return;
  }
  auto look = [torrent = torrent_, store = store_, found = found_, shared = shared_] {
    const std::optional<PieceSet> checkpoint = shared->checkpoints.load(*torrent);
    return find_verified_pieces(*torrent, *store, found, checkpoint);
  };
  auto found = co_await offload(shared_->machine.loop.io(), shared_->machine.loop.pool(), std::move(look));
  if (stopped_) co_return;
  if (!found) {
    on_failure(found.error());
    co_return;
  }
  note_resumed(found->have);
  if (status_.bytes.resumed > 0)
    shared_->emit("resumed", spec_.name + ": resumed " + std::to_string(status_.bytes.resumed) + " of " +
                                 std::to_string(torrent_->size) + " bytes");
  keeper_->note(std::uint64_t{found->hashed} * torrent_->piece_size);
  join(std::move(found->have));
}

void Transfer::note_resumed(const PieceSet& have) {
  for (std::uint32_t i = 0; i < have.size(); ++i) {
    if (have.has(i)) status_.bytes.resumed += torrent_->piece_length(i);
  }
}

void Transfer::join(PieceSet have) {
  goal_.set_have(std::move(have));
  joined_ = true;
  TorrentStart begin;
  begin.key = key_;
  begin.store = store_;
  begin.have = goal_.have();
  takes_ = may_take();
  begin.wanted = asked_for();
  // In order is free while one device leads. Devices that fill from each other go further with the rarest
  // first.
  begin.sequential = shared_->options.wan != WanMode::fast && !spec_.lan_only;
  shared_->session->add(*torrent_, std::move(begin));
  refresh_status();
  wake();
}

void Transfer::set_wanted(WantedRanges ranges) {
  if (stopped_) return;
  goal_.want(ranges);
  takes_ = may_take();
  if (joined_) shared_->session->want(key_, asked_for());
  leg_.on_wanted(shared_->machine.clock.steady());
  refresh_status();
  wake();
}

void Transfer::on_piece(std::uint32_t piece) {
  if (stopped_ || !joined_ || piece >= torrent_->piece_count() || !goal_.add(piece)) return;
  const SteadyTime now = shared_->machine.clock.steady();
  const std::uint32_t length = torrent_->piece_length(piece);
  (leg_.on_piece(piece, now) ? status_.bytes.wan : status_.bytes.lan) += length;
  keeper_->note(length);
  meter_.note(goal_.verified_bytes(), now);
  refresh_status();
  checkpoint_when_due(now);
  if (goal_.is_reached()) read_traffic();  // whoever sees "done" sees the final figures
  if (goal_.have().is_full()) shared_->emit("complete", spec_.name + " is complete");
  wake();
}

void Transfer::on_failure(const Error& error) {
  if (stopped_ || status_.failure) return;
  Error told = error;
  told.message = spec_.name + ": " + with_remedy(error);
  shared_->session->pause(key_);
  leg_.rest();
  shared_->emit("failed", told.message);
  status_.failure = std::move(told);
  refresh_status();
  wake();
}

bool Transfer::tick(SteadyTime now) {
  if (stopped_ || status_.failure || !ready_) return false;
  const bool led = leg_.leads();
  if (now >= next_traffic_) {
    next_traffic_ = now + 1s;
    meter_.note(goal_.verified_bytes(), now);
    read_traffic();
    recover_lost_pieces(now);
  }
  take_turn();
  dialer_.dial(now, whom_to_dial(now));
  status_.peers = dialer_.connections();
  if (leg_.step(now)) wake();
  checkpoint_when_due(now);
  refresh_status();
  return led != leg_.leads();
}

// Nothing is asked for while it is the turn of others; what is here is served all the same.
PieceSet Transfer::asked_for() const {
  return takes_ ? goal_.wanted() : PieceSet(torrent_->piece_count());
}

void Transfer::take_turn() {
  if (takes_ == may_take()) return;
  takes_ = may_take();
  shared_->session->want(key_, asked_for());
  leg_.on_wanted(shared_->machine.clock.steady());
}

NeighbourDialer::Whom Transfer::whom_to_dial(SteadyTime now) const {
  using Whom = NeighbourDialer::Whom;
  if (!goal_.is_reached()) return takes_ && leg_.quiet_for(now) > 5s ? Whom::anew : Whom::everyone;
  // Who only serves an image waits to be called: connections are few, and those who fill need them.
  return spec_.lan_only ? Whom::nobody : Whom::lacking;
}

void Transfer::read_traffic() {
  const PeerTraffic traffic = shared_->session->traffic(key_);
  status_.bytes.uploaded = traffic.uploaded;
  status_.bytes.wasted = traffic.wasted + leg_.wasted();
  if (shared_->options.wan != WanMode::fast) return;
  std::set<std::string> here;
  for (const auto& [instance, peer] : shared_->view.peers()) here.insert(peer.address);
  for (const auto& [address, bytes] : traffic.downloaded) {
    if (here.contains(address.to_string())) continue;
    std::uint64_t& last = peer_bytes_[address];
    swarm_wan_bytes_ += bytes >= last ? bytes - last : bytes;
    last = bytes;
  }
  const std::uint64_t crossed = std::min(swarm_wan_bytes_, status_.bytes.lan);
  swarm_wan_bytes_ -= crossed;
  status_.bytes.lan -= crossed;
  status_.bytes.wan += crossed;
}

// libtorrent may drop an alert when many come at once, and refuses pieces while it is busy starting.
void Transfer::recover_lost_pieces(SteadyTime now) {
  const bool quiet = !goal_.is_reached() && leg_.quiet_for(now) > 2s;
  if (!quiet && !leg_.has_late(now)) return;
  const std::vector<bool> pieces = shared_->session->pieces(key_);
  for (std::uint32_t i = 0; i < pieces.size() && i < torrent_->piece_count(); ++i) {
    if (pieces[i] && !goal_.have().has(i)) on_piece(i);
  }
  leg_.take_back_late(now);
}

BeaconTorrent Transfer::beacon_entry() const {
  BeaconTorrent entry = leg_.beacon_entry();
  if (!joined_) entry.progress = 0;
  entry.can_lead = entry.can_lead && ready_ && !status_.failure;
  entry.complete = entry.complete && joined_;
  return entry;
}

void Transfer::checkpoint_when_due(SteadyTime now) {
  if (keeps_checkpoints() && ready_ && keeper_->is_due(now)) begin_checkpoint(now);
}

void Transfer::begin_checkpoint(SteadyTime now) {
  auto done = [weak = weak_from_this()](const Result<void>& saved) {
    if (auto self = weak.lock()) self->finish_checkpoint(saved);
  };
  keeper_->begin(now, goal_.have(), std::move(done));
}

void Transfer::finish_checkpoint(const Result<void>& saved) {
  wake();
  if (!saved && saved.error().kind != ErrorKind::cancelled) on_failure(saved.error());
}

Task<> Transfer::checkpoint_written(std::shared_ptr<Transfer> self) {
  const Clock& clock = shared_->machine.clock;
  const SteadyTime end = clock.steady() + checkpoint_patience;
  SteadyTime now = clock.steady();
  while (keeper_->is_busy() && now < end) {
    co_await changed(self, std::chrono::ceil<std::chrono::milliseconds>(end - now));
    now = clock.steady();
  }
}

Task<> Transfer::settle(std::shared_ptr<Transfer> self) {
  co_await checkpoint_written(self);
  const bool needed = keeps_checkpoints() && keeper_->has_unsaved() && !keeper_->is_busy() && ready_ &&
                      !stopped_ && !status_.failure;
  if (needed) begin_checkpoint(shared_->machine.clock.steady());
  co_await checkpoint_written(self);
}

void Transfer::stop() {
  if (stopped_) return;
  stopped_ = true;
  keeper_->stop();
  leg_.stop();
  shared_->session->remove(key_);
  wake();
}

Result<void> Transfer::remove_files() {
  if (spec_.store) return {};  // its owner's
  Result<void> removed = shared_->checkpoints.remove(*torrent_);
  if (!removed || spec_.seed_only) return removed;
  return shared_->machine.disk.remove(spec_.path);
}

void Transfer::refresh_status() {
  status_.verified = goal_.verified_bytes();
  status_.wanted = goal_.wanted_bytes();
  status_.missing = goal_.missing_bytes();
  status_.contiguous = joined_ ? goal_.reach() : 0;
  status_.done = joined_ && goal_.is_reached();
  status_.rate = status_.done ? 0 : meter_.rate();
  status_.leader = leg_.leader();
  status_.leaves_wan = leg_.leaves_wan();
  status_.wan_state = leg_.wan_state();
  if (status_.done)
    status_.role = "seed";
  else if (!takes_)
    status_.role = "queued";
  else if (leg_.leads())
    status_.role = "leader";
  else
    status_.role = status_.leader.empty() ? "waiting" : "follower";
}

Task<> Transfer::changed(std::shared_ptr<Transfer> self, std::chrono::milliseconds limit) {
  static_cast<void>(self);  // keeps it alive
  co_await waiters_.wait(limit);
}

void Transfer::wake() {
  waiters_.wake();
}

}  // namespace dunlin
