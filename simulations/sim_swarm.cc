#include "simulations/sim_swarm.h"

#include <algorithm>

#include <fmt/format.h>

#include "swarm/fetch_run.h"

namespace dunlin {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::uint64_t torrent_name = 1;
constexpr std::uint64_t piece_bytes = 65'536;
enum FaultKind { device_crash, leader_crash, partition, wan_cut, outage };

}  // namespace

SimSwarm::SimSwarm(std::uint64_t seed, int devices, std::uint32_t pieces, Faults faults)
    : seed_(seed),
      random_(seed),
      faults_(faults),
      pieces_(pieces),
      faults_end_(now_ + faults.during),
      doubt_since_(2, now_) {
  devices_.resize(static_cast<std::size_t>(devices));
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    devices_[i].id = fmt::format("dev-{:02}", i);
    devices_[i].have = PieceSet(pieces);
    devices_[i].got.resize(pieces);
    devices_[i].alive = false;
    devices_[i].back_at = now_ + std::chrono::milliseconds(random_.below(5'000));
  }
  plan_faults();
}

std::chrono::milliseconds SimSwarm::between(int low_s, int high_s) {
  const auto span = static_cast<std::uint64_t>(high_s - low_s) * 1000;
  return std::chrono::seconds(low_s) + std::chrono::milliseconds(random_.below(span));
}

void SimSwarm::plan_faults() {
  const auto add = [this](int count, int kind) {
    for (int i = 0; i < count; ++i)
      planned_.push_back({now_ + between(2, static_cast<int>(faults_.during.count())), kind});
  };
  add(faults_.crashes, device_crash);
  add(faults_.leader_crashes, leader_crash);
  add(faults_.partitions, partition);
  add(faults_.wan_cuts, wan_cut);
  add(faults_.outages, outage);
  std::sort(planned_.begin(), planned_.end(),
            [](const Planned& a, const Planned& b) { return a.when < b.when; });
}

void SimSwarm::inject(int kind) {
  const std::size_t victim = random_.below(devices_.size());
  switch (kind) {
    case device_crash:
      crash(victim);
      break;
    case leader_crash:
      for (std::size_t i = 0; i < devices_.size(); ++i) {
        if (devices_[i].leads()) crash(i);
      }
      break;
    case partition:
      for (Device& device : devices_) device.side = static_cast<int>(random_.below(2));
      partition_until_ = now_ + between(10, 60);
      break;
    case wan_cut:
      devices_[victim].wan_blocked_until = now_ + between(10, 60);
      break;
    default:
      outage_until_ = now_ + between(5, 30);
  }
}

void SimSwarm::crash(std::size_t index) {
  Device& device = devices_[index];
  if (!device.alive) return;
  device.alive = false;
  device.view.clear();
  device.pace.clear();
  device.leadership.clear();
  device.back_at = now_ + between(5, 40);
}

void SimSwarm::boot(std::size_t index) {
  Device& device = devices_[index];
  device.alive = true;
  device.since = now_;
  device.instance = random_.below(1u << 30) + 1;
  device.view.emplace_back("site", device.instance);
  device.pace.emplace_back(now_, device.instance);
  device.leadership.emplace_back(LeadershipTimes(), pieces_ * piece_bytes, now_);
  device.next_tick = now_ + std::chrono::milliseconds(random_.below(250));
  device.next_beacon = now_;
  device.next_fetch = now_;
}

void SimSwarm::step() {
  now_ += 50ms;
  while (!planned_.empty() && planned_.front().when <= now_) {
    inject(planned_.front().kind);
    planned_.pop_front();
  }
  if (now_ >= faults_end_) {
    faults_.loss = 0;
    partition_until_ = std::min(partition_until_, now_);
    outage_until_ = std::min(outage_until_, now_);
    for (Device& device : devices_) device.wan_blocked_until = std::min(device.wan_blocked_until, now_);
  }
  if (now_ >= partition_until_) {
    for (Device& device : devices_) device.side = 0;
  }
  deliver_letters();
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (!devices_[i].alive && now_ >= devices_[i].back_at) boot(i);
    if (devices_[i].alive && now_ >= devices_[i].next_tick) tick(i);
  }
  watch();
}

void SimSwarm::tick(std::size_t index) {
  Device& device = devices_[index];
  device.next_tick = now_ + 250ms;
  SiteView& view = device.view.front();
  view.expire(now_);
  std::vector<Candidate> others;
  for (const auto& [instance, peer] : view.peers()) {
    const BeaconTorrent& says = peer.beacon.torrents.front();
    others.push_back(Candidate{peer.beacon.device_id, instance, says.progress, says.term, says.give_ways,
                               says.leads, says.can_lead, says.complete});
  }
  Leadership& leadership = device.leadership.front();
  const bool led = leadership.leads();
  Candidate self;
  self.device_id = device.id;
  self.instance = device.instance;
  self.progress = device.have.count() * piece_bytes;
  self.complete = device.have.is_full();
  self.can_lead = !self.complete;
  leadership.step(self, std::move(others), now_);
  if (leadership.leads() && !led) {
    ++leader_changes_;
    // As the product does: neighbours are connected to first, for they may have what is missing.
    device.next_fetch = now_ + 500ms;
  }
  copy_from_neighbours(index);
  if (leadership.leads() && now_ >= device.next_fetch) fetch(index);
  BeaconPace& pace = device.pace.front();
  pace.look(!device.have.is_full(), view.is_somebody_fetching(), now_);
  view.set_fetching_since(pace.fetching_since());
  // What went on at its last beacon may have changed since.
  device.next_beacon = std::min(device.next_beacon, now_ + pace.delay(now_));
  if (now_ >= device.next_beacon || led != leadership.leads()) send_beacon(index);
}

void SimSwarm::send_beacon(std::size_t index) {
  Device& device = devices_[index];
  BeaconPace& pace = device.pace.front();
  device.next_beacon = now_ + pace.delay(now_);
  const Leadership& leadership = device.leadership.front();
  Beacon beacon;
  beacon.instance = device.instance;
  beacon.device_id = device.id;
  beacon.site = "site";
  beacon.may_use_wan = true;
  beacon.alive_for = pace.alive_for();
  beacon.torrents.push_back(BeaconTorrent{torrent_name, device.have.count() * piece_bytes, leadership.term(),
                                          leadership.give_ways(), leadership.leads(), !device.have.is_full(),
                                          device.have.is_full()});
  for (std::size_t to = 0; to < devices_.size(); ++to) {
    if (to == index || devices_[to].side != device.side || chance(faults_.loss)) continue;
    letters_.push_back({now_ + std::chrono::milliseconds(1 + random_.below(100)), index, to, beacon});
  }
}

void SimSwarm::deliver_letters() {
  std::deque<Letter> later;
  for (Letter& letter : letters_) {
    if (letter.due > now_) {
      later.push_back(std::move(letter));
      continue;
    }
    Device& to = devices_[letter.to];
    if (!to.alive || to.side != devices_[letter.from].side) continue;
    const bool newcomer = to.view.front().hear(letter.beacon, devices_[letter.from].id, now_);
    if (!newcomer) continue;
    to.pace.front().on_news(now_);
    to.next_beacon = now_;
  }
  letters_ = std::move(later);
}

bool SimSwarm::connected(std::size_t a, std::size_t b) const {
  const Device& one = devices_[a];
  const Device& two = devices_[b];
  if (a == b || !one.alive || !two.alive || one.side != two.side) return false;
  return one.view.front().peers().contains(two.instance) || two.view.front().peers().contains(one.instance);
}

void SimSwarm::receive(std::size_t index, std::uint32_t piece) {
  if (devices_[index].have.insert(piece)) devices_[index].got[piece] = now_;
}

void SimSwarm::copy_from_neighbours(std::size_t index) {
  int room = 4;
  for (std::size_t from = 0; from < devices_.size() && room > 0; ++from) {
    if (!connected(index, from)) continue;
    for (std::uint32_t i = devices_[index].have.contiguous(); i < pieces_ && room > 0; ++i) {
      if (devices_[index].have.has(i) || !devices_[from].have.has(i)) continue;
      receive(index, i);
      --room;
    }
  }
}

void SimSwarm::fetch(std::size_t index) {
  Device& device = devices_[index];
  if (now_ < outage_until_ || now_ < device.wan_blocked_until) return;
  std::vector<int> on_lan(pieces_);
  for (std::size_t other = 0; other < devices_.size(); ++other) {
    if (!connected(index, other)) continue;
    for (std::uint32_t i = 0; i < pieces_; ++i) on_lan[i] += devices_[other].have.has(i) ? 1 : 0;
  }
  PieceSet every(pieces_);
  for (std::uint32_t i = 0; i < pieces_; ++i) every.insert(i);
  const auto run = next_fetch_run({device.have, every, PieceSet(pieces_), on_lan}, 1);
  if (!run) return;
  device.next_fetch = now_ + 500ms;
  ++wan_pieces_;
  for (std::size_t other = 0; other < devices_.size(); ++other) {
    const Device& near = devices_[other];
    const bool reachable = other != index && near.alive && near.side == device.side && now_ - near.since > 5s;
    if (reachable && near.have.has(run->first) && now_ - near.got[run->first] > 5s &&
        now_ - device.since > 5s && now_ - partition_until_ > 5s && faults_.loss == 0)
      ++needless_pieces_;
  }
  receive(index, run->first);
}

void SimSwarm::watch() {
  for (int side = 0; side < 2; ++side) {
    const auto leaders = std::count_if(devices_.begin(), devices_.end(), [&](const Device& device) {
      return device.side == side && device.leads();
    });
    SteadyTime& since = doubt_since_[static_cast<std::size_t>(side)];
    if (leaders < 2) since = now_;
    longest_doubt_ = std::max(longest_doubt_, std::chrono::milliseconds(now_ - since));
  }
  watch_takeover();
}

void SimSwarm::watch_takeover() {
  const bool somebody_leads =
      std::any_of(devices_.begin(), devices_.end(), [](const Device& device) { return device.leads(); });
  const bool somebody_could = std::any_of(devices_.begin(), devices_.end(), [&](const Device& device) {
    return device.alive && !device.have.is_full() && now_ - device.since > 3s;
  });
  const bool all_hear = faults_.loss == 0 && now_ > partition_until_ + 5s;
  if (somebody_leads || !somebody_could || !all_hear) orphaned_since_ = now_;
  longest_orphaned_ = std::max(longest_orphaned_, std::chrono::milliseconds(now_ - orphaned_since_));
}

bool SimSwarm::everyone_complete() const {
  return std::all_of(devices_.begin(), devices_.end(),
                     [](const Device& device) { return device.alive && device.have.is_full(); });
}

std::string SimSwarm::description() const {
  return fmt::format(
      "seed {}: {} devices, {} pieces, loss {:.2f}, {} crashes, {} of leaders, {} partitions, "
      "{} wan cuts, {} outages",
      seed_, devices_.size(), pieces_, faults_.loss, faults_.crashes, faults_.leader_crashes,
      faults_.partitions, faults_.wan_cuts, faults_.outages);
}

}  // namespace dunlin
