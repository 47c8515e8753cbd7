#include "swarm/site_talk.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::chrono::milliseconds gap_min{20};          // however many leases there are to tell
constexpr std::chrono::milliseconds listen_first{1'500};  // before neighbours count as known

// What neighbours should hear soon when it changes: all but ages, and the progress of what is being fetched.
Beacon without_progress(Beacon beacon) {
  beacon.mirror.wan_age.reset();
  for (BeaconTorrent& each : beacon.torrents) {
    each.progress = each.term = each.give_ways = 0;
    each.leads = each.can_lead = false;
    each.leases.clear();
  }
  return beacon;
}

}  // namespace

SiteTalk::SiteTalk(SwarmShared& shared, BeaconAuthor& author)
    : shared_(shared),
      author_(author),
      started_(shared.machine.clock.steady()),
      pace_(started_, shared.instance) {}

Result<void> SiteTalk::open() {
  const TorrentSwarmOptions& options = shared_.options;
  if (!options.discover) return {};
  BeaconSocketOptions wanted{options.bind_address, options.beacon_port, options.beacon_group,
                             options.beacon_group6, options.peers};
  auto handler = [this](ByteView datagram, const asio::ip::address& from) { heard(datagram, from); };
  Result<std::unique_ptr<BeaconSocket>> socket =
      BeaconSocket::open(shared_.machine.loop.io(), std::move(wanted), std::move(handler));
  if (!socket) return fail(std::move(socket.error()));
  socket_ = std::move(*socket);
  return {};
}

void SiteTalk::tick(bool fetches, bool urgent, SteadyTime now) {
  pace_.look(fetches, shared_.view.is_somebody_fetching(), now);
  shared_.view.set_fetching_since(pace_.fetching_since());
  Beacon news = without_progress(beacon(false));
  const bool has_news = told_ != news;
  if (has_news) pace_.on_news(now);
  told_ = std::move(news);
  if (has_news || urgent || owes_ || now - last_ >= pace_.delay(now)) send(false);
}

void SiteTalk::tell_soon() {
  owes_ = true;
  if (shared_.machine.clock.steady() - last_ >= gap_min) send(false);
}

bool SiteTalk::look_at_addresses() {
  for (const std::string& each : moved_.take_left(shared_.machine.clock.steady())) {
    error_code code;
    const auto address = asio::ip::make_address(each, code);
    if (!code && !shared_.is_banned(each)) shared_.session->hang_up(address);
  }
  if (!socket_ || !socket_->refresh()) return false;
  pace_.on_news(shared_.machine.clock.steady());
  return true;
}

std::chrono::milliseconds SiteTalk::listened_for() const {
  if (!socket_) return std::chrono::milliseconds::max();
  return std::chrono::duration_cast<std::chrono::milliseconds>(shared_.machine.clock.steady() - started_);
}

bool SiteTalk::has_listened() const {
  return listened_for() >= listen_first;
}

MirrorNews SiteTalk::mirror_of(std::uint64_t neighbour) const {
  const auto known = shared_.view.peers().find(neighbour);
  return known == shared_.view.peers().end() ? MirrorNews() : known->second.beacon.mirror;
}

void SiteTalk::heard(ByteView datagram, const asio::ip::address& from) {
  Result<Beacon> beacon_heard = parse_beacon(datagram);
  if (!beacon_heard) return;
  const std::uint64_t neighbour = beacon_heard->instance;
  const MirrorNews before = mirror_of(neighbour);
  const SteadyTime now = shared_.machine.clock.steady();
  const bool newcomer = shared_.view.hear(*beacon_heard, from.to_string(), now);
  if (shared_.view.peers().contains(neighbour)) moved_.hear(neighbour, from.to_string(), now);
  if (is_news(before, mirror_of(neighbour))) author_.on_mirror_news();
  if (!newcomer || !socket_) return;
  pace_.on_news(now);
  Beacon reply = beacon(false);
  reply.direct = true;
  socket_->send_to(from, encode_beacon(reply));
}

Beacon SiteTalk::beacon(bool leaving) const {
  Beacon out = author_.own_beacon();
  out.leaving = leaving;
  out.alive_for = pace_.alive_for();
  out.mirror = news_at(mirror_, shared_.machine.clock.steady());
  return out;
}

void SiteTalk::send(bool leaving) {
  if (!socket_) return;
  const SteadyTime now = shared_.machine.clock.steady();
  last_ = now;
  owes_ = false;
  Beacon spoken = beacon(leaving);
  const Bytes to_groups = encode_beacon(spoken);
  spoken.direct = true;
  const Bytes to_one = encode_beacon(spoken);
  // At rest a second datagram tells nobody anything new, unless somebody has only IPv6.
  const bool once = pace_.is_at_rest(now) && !shared_.view.is_somebody_on_ipv6() && !leaving;
  socket_->send(to_groups, to_one, once ? BeaconSocket::Groups::one : BeaconSocket::Groups::all);
  for (const std::string& each : direct_.targets(shared_.view, now)) {
    error_code code;
    const auto address = asio::ip::make_address(each, code);
    if (!code) socket_->send_to(address, to_one);
  }
}

void SiteTalk::tell_mirror(const OwnMirror& own) {
  const bool news = mirror_ != own;
  mirror_ = own;
  if (!news) return;
  pace_.on_news(shared_.machine.clock.steady());
  send(false);
}

// In mode fast the tracker names devices of other sites too.
void SiteTalk::learn(std::uint32_t key, const std::vector<asio::ip::tcp::endpoint>& peers) {
  if (shared_.options.wan == WanMode::fast) return;
  std::set<std::string> addresses;
  for (const auto& each : peers) addresses.insert(each.address().to_string());
  const bool all_heard = std::all_of(addresses.begin(), addresses.end(),
                                     [&](const std::string& each) { return shared_.view.is_heard_at(each); });
  direct_.learn(key, std::move(addresses), shared_.machine.clock.steady());
  if (!all_heard) send(false);
}

void SiteTalk::leave() {
  send(true);
}

void SiteTalk::close() {
  if (socket_) socket_->close();
}

}  // namespace dunlin
