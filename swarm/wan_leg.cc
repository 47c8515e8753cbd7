#include "swarm/wan_leg.h"

#include <algorithm>

namespace dunlin {

namespace {

using std::chrono_literals::operator""s;

LeadershipTimes leadership_times(const SwarmShared& shared, const TorrentFile& torrent) {
  const TorrentSwarmOptions& options = shared.options;
  LeadershipTimes times;
  times.hold_off = hold_off_after(shared.listened_for());
  times.patience = options.leader_patience;
  times.idle_leader = options.leader_patience * 5;
  times.withheld = options.leader_patience * 5;
  times.far_ahead = std::uint64_t{torrent.piece_size} * 4;
  return times;
}

// Neighbours that multicast does not reach hear of us through the tracker, and then answer.
constexpr std::chrono::milliseconds introduction_max{2'500};
constexpr std::chrono::milliseconds introduction_time{500};

// What a leader has read spreads within seconds, also when it leads no more.
constexpr std::chrono::seconds spreading_time{60};
// And what it reads may be here before its word that it leads is.
constexpr std::chrono::seconds hearing_time{1};

bool is_late(SteadyTime handed, SteadyTime now) {
  return now - handed > 10s;
}

}  // namespace

WanLeg::WanLeg(std::uint32_t key, const TransferSpec& spec, std::shared_ptr<SwarmShared> shared,
               std::shared_ptr<const TorrentFile> torrent, const PieceGoal& goal,
               const NeighbourDialer& dialer)
    : key_(key),
      name_(spec.name),
      content_(content_key(*spec.content)),
      may_lead_(!spec.url.empty() && !spec.seed_only),
      shared_(std::move(shared)),
      torrent_(std::move(torrent)),
      goal_(goal),
      dialer_(dialer),
      leadership_(leadership_times(*shared_, *torrent_), torrent_->size, shared_->machine.clock.steady()),
      cheaper_(shared_->options.wan == WanMode::fast ? std::vector<CheaperContent>() : spec.cheaper),
      own_(shared_->machine.clock.steady(), hold_off_after(shared_->listened_for())),
      leases_(torrent_->piece_count()),
      taken_(torrent_->piece_count()),
      from_wan_(torrent_->piece_count()),
      introduced_(shared_->options.tracker_url.empty() || shared_->options.wan == WanMode::fast),
      started_(shared_->machine.clock.steady()),
      hope_(shared_->machine.clock.steady()),
      last_piece_(shared_->machine.clock.steady()) {
  const SwarmMachine& machine = shared_->machine;
  fetcher_ = std::make_shared<RangeFetcher>(machine.loop, machine.http, machine.clock, machine.random,
                                            torrent_, spec.url, shared_->options.leader_patience,
                                            shared_->options.wan_gate, *this);
}

bool WanLeg::could_lead() const {
  const auto& options = shared_->options;
  return may_lead_ && shared_->may_take && options.wan != WanMode::never && !goal_.is_reached() &&
         !cheaper_.waits() && options.wan_gate->closed_by().empty();
}

void WanLeg::look_for_cheaper(SteadyTime now) {
  std::vector<CheaperSighting> seen;
  for (const auto& [instance, peer] : shared_->view.peers()) {
    if (shared_->is_banned(peer.address)) continue;
    for (const BeaconTorrent& each : peer.beacon.torrents)
      seen.push_back({each.content, each.progress, each.leads || each.can_lead});
  }
  const bool waited = cheaper_.waits();
  cheaper_.look(seen, now);
  if (cheaper_.waits() == waited) return;
  shared_->emit("wan_left", name_ + (waited ? ": reads over the WAN again, no neighbour fetches less now"
                                            : ": leaves the WAN to a neighbour that fetches less for the "
                                              "same image, and waits for that image"));
}

const std::string& WanLeg::leader() const {
  return own_.leads() ? shared_->options.device_id : leadership_.leader();
}

WanShare WanLeg::share() const {
  return share_of(shared_->instance, wan_readers(rivals()));
}

void WanLeg::hear_leases() {
  leases_.set_patience(
      lease_patience(fetcher_->rate(), torrent_->piece_size, shared_->options.leader_patience));
  for (const WanRival& each : rivals()) {
    if (each.reads()) leases_.hear(each.peer.beacon.instance, each.entry.leases, each.peer.heard);
  }
}

bool WanLeg::step(SteadyTime now) {
  look_for_cheaper(now);
  const bool led = leads();
  const std::string former = leader();
  const std::uint64_t wan_bytes = delivered_ + fetcher_->pending();
  Candidate self;
  self.device_id = shared_->options.device_id;
  self.instance = shared_->instance;
  self.progress = progress();
  self.can_lead = could_lead() && !has_own_uplink();
  self.complete = goal_.is_reached();
  self.reluctant = shared_->options.wan_gate->is_reluctant();
  leadership_.set_patience(fetcher_->patience());
  if (!introduced_ && now < started_ + introduction_max) {
    leadership_.listen_until(now + introduction_time);
    own_.listen_until(now + introduction_time);
  }
  leadership_.step(std::move(self), wan_voters(rivals(), shared_->options.wan), now);
  own_.step({could_lead() && has_own_uplink(), fetcher_->is_asking(), wan_bytes, fetcher_->patience()}, now);
  hear_leases();
  if (leads() && !led) led_since_ = now;
  fetcher_->set_active(leads());
  const std::string& chosen = leader();
  if (!chosen.empty() && !leads()) follow(now);
  if (chosen == former) return false;
  shared_->emit("leader",
                chosen.empty() ? name_ + ": nobody leads now" : name_ + ": leader is now " + chosen);
  return true;
}

bool WanLeg::on_piece(std::uint32_t piece, SteadyTime now) {
  handed_.erase(piece);
  wasted_ += fetcher_->forget(piece);
  last_piece_ = now;
  if (from_wan_.has(piece)) return true;
  hope_.renew(now);
  note_neighbours(torrent_->piece_length(piece), now);
  return false;
}

bool WanLeg::is_shared(SteadyTime now) const {
  return shared_->options.wan == WanMode::shared && may_lead_ && followed_ &&
         now - *followed_ < spreading_time;
}

void WanLeg::note_neighbours(std::uint32_t bytes, SteadyTime now) {
  if (is_shared(now)) return shared_->options.wan_gate->note_shared(bytes);
  early_.emplace_back(now, bytes);
  while (now - early_.front().first > hearing_time) early_.pop_front();
}

void WanLeg::follow(SteadyTime now) {
  followed_ = now;
  for (const auto& [when, bytes] : std::exchange(early_, {})) {
    if (now - when <= hearing_time && is_shared(now)) shared_->options.wan_gate->note_shared(bytes);
  }
}

bool WanLeg::has_late(SteadyTime now) const {
  return std::any_of(handed_.begin(), handed_.end(),
                     [&](const auto& entry) { return is_late(entry.second, now); });
}

void WanLeg::take_back_late(SteadyTime now) {
  std::erase_if(handed_, [&](const auto& entry) {
    if (!is_late(entry.second, now)) return false;
    taken_.erase(entry.first);
    return true;
  });
}

void WanLeg::rest() {
  fetcher_->set_active(false);
  leadership_.resign();
  own_.resign();
}

void WanLeg::stop() {
  leadership_.resign();
  own_.resign();
  fetcher_->stop();
}

// Copies among neighbours, by piece; empty when they are not to be waited for. Connections with devices that
// are not heard any more may stay open for a long time.
std::vector<int> WanLeg::on_lan(SteadyTime now) {
  std::vector<int> copies = shared_->session->availability(key_, shared_->silent_addresses());
  bool offered = false;
  for (std::uint32_t i = 0; i < copies.size() && i < torrent_->piece_count() && !offered; ++i)
    offered = copies[i] > 0 && goal_.wants(i) && !goal_.have().has(i) && !taken_.has(i);
  hope_.look(offered, now);
  if (!hope_.is_alive(now, shared_->options.leader_patience)) copies.clear();
  return copies;
}

// Neighbours may have pieces that only a connection shows.
bool WanLeg::neighbours_are_unknown(SteadyTime now) const {
  if (!dialer_.is_somebody_missing() || now - led_since_ >= 3s) return false;
  const std::vector<WanRival> all = rivals();
  return std::any_of(all.begin(), all.end(), [](const WanRival& each) { return each.entry.progress > 0; });
}

std::optional<FetchRun> WanLeg::take_run(std::uint32_t count_max) {
  const SteadyTime now = shared_->machine.clock.steady();
  if (!leads() || neighbours_are_unknown(now)) return std::nullopt;
  const std::vector<int> copies = on_lan(now);
  const FetchChoice choice{goal_.have(), goal_.wanted(), taken_, copies};
  hear_leases();
  const WanShare ours = share();
  const std::uint32_t most = has_own_uplink() ? std::min(count_max, share_block_pieces) : count_max;
  const std::optional<FetchRun> run =
      own_.is_vain() ? next_probe(choice, leases_, now) : next_shared_run(choice, leases_, ours, most, now);
  if (!run) return run;
  for (std::uint32_t i = 0; i < run->count; ++i) taken_.insert(run->first + i);
  if (ours.readers > 1) shared_->tell_soon();
  return run;
}

bool WanLeg::wants(std::uint32_t piece) const {
  if (!leads() || !goal_.wants(piece) || goal_.have().has(piece)) return false;
  return share().readers == 1 ||
         !leases_.is_lost_by(shared_->instance, piece, shared_->machine.clock.steady());
}

void WanLeg::give_back(FetchRun run) {
  for (std::uint32_t i = 0; i < run.count; ++i) taken_.erase(run.first + i);
}

void WanLeg::deliver(std::uint32_t piece, ByteView bytes) {
  if (goal_.have().has(piece)) {
    waste(bytes.size());
    return;
  }
  from_wan_.insert(piece);
  taken_.insert(piece);
  delivered_ += bytes.size();
  handed_[piece] = shared_->machine.clock.steady();
  shared_->session->add_piece(key_, piece, bytes);
}

void WanLeg::waste(std::uint64_t bytes) {
  wasted_ += bytes;
}

void WanLeg::report(const std::string& text) {
  shared_->emit("wan_error", name_ + ": " + text);
}

std::string WanLeg::wan_state() const {
  const std::string_view closed = shared_->options.wan_gate->closed_by();
  if (!closed.empty()) return std::string(closed);
  return leads() && fetcher_->is_in_trouble() ? "unreachable" : "ok";
}

// Grows with every byte that may help, also inside a piece: on a thin link a piece takes longer than
// anybody's patience. Bytes that turn out to be wrong do not grow it a second time.
std::uint64_t WanLeg::progress() const {
  std::uint64_t now = goal_.verified_bytes() + fetcher_->pending();
  for (const auto& [piece, when] : handed_) now += torrent_->piece_length(piece);
  progress_ = std::max(progress_, std::min(now, torrent_->size));
  return progress_;
}

BeaconTorrent WanLeg::beacon_entry() const {
  BeaconTorrent entry;
  entry.content = content_;
  entry.progress = progress();
  entry.term = leadership_.term();
  entry.give_ways = leadership_.give_ways();
  entry.leads = leads() && !own_.is_vain();
  entry.can_lead = could_lead() && !own_.is_vain();
  entry.complete = goal_.is_reached();
  entry.reluctant = shared_->options.wan_gate->is_reluctant();
  entry.own_uplink = has_own_uplink();
  if (entry.leads) entry.leases = open_leases(taken_, goal_.have());
  return entry;
}

}  // namespace dunlin
