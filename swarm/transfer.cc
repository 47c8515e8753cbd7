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

LeadershipTimes leadership_times(const TorrentSwarmOptions& options) {
  LeadershipTimes times;
  times.patience = options.leader_patience;
  times.idle_leader = options.leader_patience * 3;
  return times;
}

}  // namespace

Transfer::Transfer(std::uint32_t key, TransferSpec spec, std::shared_ptr<SwarmShared> shared,
                   TorrentFile torrent, std::shared_ptr<FileBlockStore> store)
    : key_(key),
      spec_(std::move(spec)),
      shared_(std::move(shared)),
      torrent_(std::make_shared<const TorrentFile>(std::move(torrent))),
      store_(std::move(store)),
      goal_(torrent_),
      taken_(torrent_->piece_count()),
      from_wan_(torrent_->piece_count()),
      leadership_(leadership_times(shared_->options), torrent_->size, shared_->machine.clock.steady()),
      keeper_(std::make_shared<CheckpointKeeper>(key, shared_, torrent_)),
      dialer_(key, torrent_->info_hash, *shared_),
      last_piece_(shared_->machine.clock.steady()) {
  const SwarmMachine& machine = shared_->machine;
  fetcher_ = std::make_shared<RangeFetcher>(machine.loop, machine.http, machine.clock, machine.random,
                                            torrent_, spec_.url, *this);
  goal_.want(spec_.wanted);
  status_.size = torrent_->size;
  status_.role = "waiting";
}

Result<std::shared_ptr<Transfer>> Transfer::open(std::uint32_t key, TransferSpec spec,
                                                 std::shared_ptr<SwarmShared> shared) {
  Result<TorrentFile> torrent = parse_torrent(spec.torrent);
  if (!torrent) return fail(std::move(torrent.error()), spec.name);
  const auto access = spec.seed_only ? FileBlockStore::Access::read_only : FileBlockStore::Access::read_write;
  Result<std::unique_ptr<FileBlockStore>> store =
      FileBlockStore::open(shared->machine.disk, spec.path, torrent->size, access);
  if (!store) return fail(std::move(store.error()), spec.name);
  return std::shared_ptr<Transfer>(
      new Transfer(key, std::move(spec), std::move(shared), std::move(*torrent), std::move(*store)));
}

void Transfer::start() {
  spawn(shared_->machine.loop.io(), resume(shared_from_this()));
}

Task<> Transfer::resume(std::shared_ptr<Transfer> self) {
  static_cast<void>(self);  // keeps it alive
  if (spec_.seed_only) {
    PieceSet all(torrent_->piece_count());
    for (std::uint32_t i = 0; i < all.size(); ++i) all.insert(i);
    join(std::move(all));
    co_return;
  }
  auto look = [torrent = torrent_, store = store_, shared = shared_] {
    const std::optional<PieceSet> checkpoint = shared->checkpoints.load(*torrent);
    return find_verified_pieces(*torrent, *store, store->found(), checkpoint);
  };
  auto found = co_await offload(shared_->machine.loop.io(), shared_->machine.loop.pool(), std::move(look));
  if (stopped_) co_return;
  if (!found) {
    on_failure(found.error());
    co_return;
  }
  for (std::uint32_t i = 0; i < found->have.size(); ++i) {
    if (found->have.has(i)) status_.bytes.resumed += torrent_->piece_length(i);
  }
  if (status_.bytes.resumed > 0)
    shared_->emit("resumed", spec_.name + ": resumed " + std::to_string(status_.bytes.resumed) + " of " +
                                 std::to_string(torrent_->size) + " bytes");
  keeper_->note(std::uint64_t{found->hashed} * torrent_->piece_size);
  join(std::move(found->have));
}

void Transfer::join(PieceSet have) {
  goal_.set_have(std::move(have));
  joined_ = true;
  TorrentStart begin;
  begin.key = key_;
  begin.store = store_;
  begin.have = goal_.have();
  begin.wanted = goal_.wanted();
  begin.sequential = shared_->options.wan != WanMode::fast;
  shared_->session->add(*torrent_, std::move(begin));
  refresh_status();
  wake();
}

void Transfer::set_wanted(WantedRanges ranges) {
  if (stopped_) return;
  goal_.want(ranges);
  if (joined_) shared_->session->want(key_, goal_.wanted());
  last_piece_ = shared_->machine.clock.steady();  // patience with neighbours begins anew
  refresh_status();
  wake();
}

void Transfer::on_piece(std::uint32_t piece) {
  if (stopped_ || !joined_ || piece >= torrent_->piece_count() || !goal_.add(piece)) return;
  const std::uint32_t length = torrent_->piece_length(piece);
  (from_wan_.has(piece) ? status_.bytes.wan : status_.bytes.lan) += length;
  handed_.erase(piece);
  keeper_->note(length);
  last_piece_ = shared_->machine.clock.steady();
  meter_.note(goal_.verified_bytes(), last_piece_);
  refresh_status();
  checkpoint_when_due(last_piece_);
  if (goal_.is_reached()) read_traffic();  // whoever sees "done" sees the final figures
  if (goal_.have().is_full()) shared_->emit("complete", spec_.name + " is complete");
  wake();
}

void Transfer::on_failure(const Error& error) {
  if (stopped_ || status_.failure) return;
  Error told = error;
  told.message = spec_.name + ": " + with_remedy(error);
  shared_->session->pause(key_);
  fetcher_->set_active(false);
  leadership_.resign();
  shared_->emit("failed", told.message);
  status_.failure = std::move(told);
  refresh_status();
  wake();
}

bool Transfer::tick(SteadyTime now) {
  if (stopped_ || status_.failure || !ready_) return false;
  const bool led = leadership_.leads();
  if (now >= next_traffic_) {
    next_traffic_ = now + 1s;
    meter_.note(goal_.verified_bytes(), now);
    read_traffic();
    recover_lost_pieces(now);
  }
  dialer_.dial(now, !goal_.is_reached() && now - last_piece_ > 10s);
  status_.peers = dialer_.connections();
  lead_or_follow(now);
  checkpoint_when_due(now);
  refresh_status();
  return led != leadership_.leads();
}

bool Transfer::could_lead() const {
  const auto& options = shared_->options;
  return options.wan != WanMode::never && !spec_.url.empty() && !spec_.seed_only && !goal_.is_reached() &&
         (!options.may_use_wan || options.may_use_wan());
}

std::vector<Candidate> Transfer::rivals() const {
  std::vector<Candidate> out;
  const std::uint64_t name = beacon_name(torrent_->info_hash);
  for (const auto& [instance, peer] : shared_->view.peers()) {
    for (const BeaconTorrent& each : peer.beacon.torrents) {
      if (each.torrent != name) continue;
      out.push_back(Candidate{peer.beacon.device_id, instance, each.progress, each.term, each.give_ways,
                              each.leads, each.can_lead && peer.beacon.may_use_wan, each.complete});
    }
  }
  return out;
}

void Transfer::lead_or_follow(SteadyTime now) {
  const bool led = leadership_.leads();
  const std::string former = leadership_.leader();
  Candidate self;
  self.device_id = shared_->options.device_id;
  self.instance = shared_->instance;
  self.progress = progress();
  self.can_lead = could_lead();
  self.complete = goal_.is_reached();
  leadership_.step(std::move(self), rivals(), now);
  if (leadership_.leads() && !led) {
    led_since_ = now;
    wan_base_ = fetcher_->received();
  }
  fetcher_->set_active(leadership_.leads());
  if (leadership_.leader() != former) {
    const std::string& leader = leadership_.leader();
    shared_->emit("leader", leader.empty() ? spec_.name + ": nobody leads now"
                                           : spec_.name + ": leader is now " + leader);
    wake();
  }
}

void Transfer::read_traffic() {
  const PeerTraffic traffic = shared_->session->traffic(key_);
  status_.bytes.uploaded = traffic.uploaded;
  status_.bytes.wasted = traffic.wasted + fetch_waste_;
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
  std::vector<std::uint32_t> late;
  for (const auto& [piece, when] : handed_) {
    if (now - when > 10s) late.push_back(piece);
  }
  const bool quiet = !goal_.is_reached() && now - last_piece_ > 2s;
  if (late.empty() && !quiet) return;
  const std::vector<bool> pieces = shared_->session->pieces(key_);
  for (std::uint32_t i = 0; i < pieces.size() && i < torrent_->piece_count(); ++i) {
    if (pieces[i] && !goal_.have().has(i)) on_piece(i);
  }
  for (const std::uint32_t piece : late) {
    if (handed_.erase(piece) > 0) taken_.erase(piece);
  }
}

bool Transfer::lan_is_alive(SteadyTime now) const {
  return now - std::max(last_piece_, led_since_) < shared_->options.leader_patience;
}

std::optional<FetchRun> Transfer::take_run(std::uint32_t count_max) {
  const SteadyTime now = shared_->machine.clock.steady();
  if (stopped_ || status_.failure || !leadership_.leads()) return std::nullopt;
  // Neighbours may have pieces that only a connection shows.
  const bool neighbours_unknown = dialer_.is_somebody_missing() && now - led_since_ < 3s;
  if (neighbours_unknown && !shared_->view.peers().empty()) {
    const auto all = rivals();
    if (std::any_of(all.begin(), all.end(), [](const Candidate& each) { return each.progress > 0; }))
      return std::nullopt;
  }
  std::vector<int> on_lan;
  if (lan_is_alive(now)) on_lan = shared_->session->availability(key_);
  const std::optional<FetchRun> run =
      next_fetch_run({goal_.have(), goal_.wanted(), taken_, on_lan}, count_max);
  if (!run) return run;
  for (std::uint32_t i = 0; i < run->count; ++i) taken_.insert(run->first + i);
  return run;
}

void Transfer::give_back(FetchRun run) {
  for (std::uint32_t i = 0; i < run.count; ++i) taken_.erase(run.first + i);
}

void Transfer::deliver(std::uint32_t piece, ByteView bytes) {
  wan_base_ = fetcher_->received();
  wan_doubtful_ = false;
  if (goal_.have().has(piece)) {
    waste(bytes.size());
    return;
  }
  from_wan_.insert(piece);
  handed_[piece] = shared_->machine.clock.steady();
  shared_->session->add_piece(key_, piece, bytes);
}

void Transfer::waste(std::uint64_t bytes) {
  fetch_waste_ += bytes;
  status_.bytes.wasted += bytes;
  wan_doubtful_ = true;
}

void Transfer::report(const std::string& text) {
  shared_->emit("wan_error", spec_.name + ": " + text);
}

// Grows with every byte that helps, also inside a piece: on a thin link a piece takes longer than anybody's
// patience.
std::uint64_t Transfer::progress() const {
  std::uint64_t now = goal_.verified_bytes();
  for (const auto& [piece, when] : handed_) now += torrent_->piece_length(piece);
  const std::uint64_t received = fetcher_->received();
  if (leadership_.leads() && !wan_doubtful_ && received > wan_base_) now += received - wan_base_;
  progress_ = std::max(progress_, std::min(now, torrent_->size));
  return progress_;
}

BeaconTorrent Transfer::beacon_entry() const {
  BeaconTorrent entry;
  entry.torrent = beacon_name(torrent_->info_hash);
  entry.progress = joined_ ? progress() : 0;
  entry.term = leadership_.term();
  entry.give_ways = leadership_.give_ways();
  entry.leads = leadership_.leads();
  entry.can_lead = ready_ && !status_.failure && could_lead();
  entry.complete = joined_ && goal_.is_reached();
  return entry;
}

void Transfer::checkpoint_when_due(SteadyTime now) {
  if (!spec_.seed_only && ready_ && keeper_->is_due(now)) begin_checkpoint(now);
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
  const bool needed =
      keeper_->has_unsaved() && !keeper_->is_busy() && ready_ && !stopped_ && !status_.failure;
  if (needed) begin_checkpoint(shared_->machine.clock.steady());
  co_await checkpoint_written(self);
}

void Transfer::stop() {
  if (stopped_) return;
  stopped_ = true;
  leadership_.resign();
  keeper_->stop();
  fetcher_->stop();
  shared_->session->remove(key_);
  wake();
}

Result<void> Transfer::remove_files() {
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
  status_.leader = leadership_.leader();
  if (status_.done)
    status_.role = "seed";
  else if (leadership_.leads())
    status_.role = "leader";
  else
    status_.role = status_.leader.empty() ? "waiting" : "follower";
}

Task<> Transfer::changed(std::shared_ptr<Transfer> self, std::chrono::milliseconds limit) {
  static_cast<void>(self);  // keeps it alive
  auto timer = std::make_shared<asio::steady_timer>(shared_->machine.loop.io());
  waiters_.push_back(timer);
  co_await wait_for(*timer, limit);
  std::erase(waiters_, timer);
}

void Transfer::wake() {
  for (const auto& waiter : waiters_) waiter->cancel();
}

}  // namespace dunlin
