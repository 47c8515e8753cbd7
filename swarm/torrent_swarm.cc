#include "swarm/torrent_swarm.h"

#include "core/base/log.h"
#include "swarm/lan_takers.h"
#include "swarm/network_interfaces.h"
#include "swarm/site_talk.h"
#include "swarm/tracker_announcer.h"
#include "swarm/transfer.h"
#include "swarm/wake_list.h"
#include "swarm/wan_rivals.h"

namespace dunlin {

namespace {

using std::chrono_literals::operator""s;

constexpr std::chrono::milliseconds tick_period{250};

// The port to listen on. libtorrent only logs that it could not listen; a person should hear it before
// anything starts. And for port 0 it would take another port on every interface, while a beacon carries one.
Result<std::uint16_t> find_port(const TorrentSwarmOptions& options, asio::io_context& io) {
  error_code code;
  const auto address = options.bind_address.empty() ? asio::ip::address(asio::ip::address_v4::any())
                                                    : asio::ip::make_address(options.bind_address, code);
  asio::ip::tcp::acceptor probe(io);
  const asio::ip::tcp::endpoint local(address, options.listen_port);
  if (!code) probe.open(local.protocol(), code);
  if (!code) probe.set_option(asio::socket_base::reuse_address(true), code);
  if (!code) probe.bind(local, code);
  if (!code) probe.listen(1, code);
  const std::uint16_t port = code ? std::uint16_t{0} : probe.local_endpoint(code).port();
  if (!code) return port;
  return fail(ErrorKind::usage, "swarm port " + std::to_string(options.listen_port) + " cannot be used (" +
                                    code.message() + "): choose another listen_port, or 0 for any");
}

std::string own_lan_address() {
  for (const InterfaceAddress& each : network_interfaces()) {
    if (!each.is_loopback && !each.is_v6) return each.address;
  }
  return "";
}

// Everything a task may still touch after the swarm object is gone.
class Core final : public SwarmShared,
                   public TorrentEvents,
                   public Announced,
                   public BeaconAuthor,
                   public std::enable_shared_from_this<Core> {
 public:
  Core(TorrentSwarmOptions given, SwarmMachine on, std::uint64_t chosen_instance)
      : SwarmShared(std::move(given), on, chosen_instance),
        talk_(*this, *this),
        mirrors_changed_(on.loop.io()),
        slots_(options.takers_max) {
    may_take = !slots_.has_limit();
  }

  Result<void> open();
  Result<std::uint32_t> add(TransferSpec spec);
  void remove(std::uint32_t key, bool remove_files);
  std::shared_ptr<Transfer> find(std::uint32_t key) const;
  void on_event(std::function<void(const SwarmEvent&)> handler) { handler_ = std::move(handler); }
  void on_mirrors(std::function<void(const std::vector<MirrorOffer>&)> handler) {
    mirrors_handler_ = std::move(handler);
  }
  void tell_mirror(const OwnMirror& own) {
    if (!closed_) talk_.tell_mirror(own);
  }
  // Until neighbours have had the time to be heard.
  Task<> listened(std::shared_ptr<Core> self);
  std::vector<MirrorOffer> mirrors() const;
  Task<> mirrors_changed(std::shared_ptr<Core> self, std::chrono::milliseconds limit);
  Task<> shut_down(std::shared_ptr<Core> self);
  // Lets go of everything at once, as a killed process would.
  void abandon();

  void emit(const std::string& kind, const std::string& text) override;
  void tell_soon() override { talk_.tell_soon(); }
  std::chrono::milliseconds listened_for() const override { return talk_.listened_for(); }
  void torrent_ready(std::uint32_t key) override;
  void piece_verified(std::uint32_t key, std::uint32_t piece) override;
  void torrent_failed(std::uint32_t key, const Error& error) override;
  void peer_banned(std::uint32_t key, const asio::ip::address& peer) override;
  std::optional<TrackerAnnounce> announcement(std::uint32_t key) const override;
  void introduced(std::uint32_t key, std::vector<asio::ip::tcp::endpoint> peers) override;
  Beacon own_beacon() const override;
  void on_mirror_news() override;

 private:
  Task<> run(std::shared_ptr<Core> self);
  void tick();
  void tick_second();
  bool tick_transfers(SteadyTime now);
  void look_for_a_slot(SteadyTime now);

  std::map<std::uint32_t, std::shared_ptr<Transfer>> transfers_;
  SiteTalk talk_;
  std::shared_ptr<TrackerAnnouncer> announcer_;  // none without a tracker
  std::set<std::uint32_t> fetching_;             // transfers that lack pieces
  std::function<void(const SwarmEvent&)> handler_;
  WakeList mirrors_changed_;
  LanSlots slots_;
  std::function<void(const std::vector<MirrorOffer>&)> mirrors_handler_;
  std::uint32_t next_key_ = 1;
  std::uint16_t port_ = 0;
  SteadyTime next_second_{};
  bool closed_ = false;
};

Result<void> Core::open() {
  Result<void> made = create_durable_directories(machine.disk, options.checkpoint_dir);
  if (!made) return made;
  Result<std::uint16_t> port = find_port(options, machine.loop.io());
  if (!port) return fail(std::move(port.error()));
  Result<void> talks = talk_.open();
  if (!talks) return talks;
  TorrentSessionOptions session_options{options.bind_address, *port, options.upload_rate_max,
                                        options.allow_many_from_one_address};
  session = std::make_unique<TorrentSession>(std::move(session_options), machine.loop, *this);
  spawn(machine.loop.io(), run(shared_from_this()));
  if (options.tracker_url.empty()) return {};
  announcer_ = std::make_shared<TrackerAnnouncer>(machine.loop, machine.clock, machine.random, machine.http,
                                                  options.wan_gate, static_cast<Announced&>(*this));
  announcer_->start();
  return {};
}

Result<std::uint32_t> Core::add(TransferSpec spec) {
  if (closed_) return fail(ErrorKind::cancelled, "the swarm is shut down");
  const std::uint32_t key = next_key_++;
  Result<std::shared_ptr<Transfer>> transfer = Transfer::open(key, std::move(spec), shared_from_this());
  if (!transfer) return fail(std::move(transfer.error()));
  for (const auto& [other, present] : transfers_) {
    if (present->torrent().info_hash == (*transfer)->torrent().info_hash)
      return fail(ErrorKind::usage, (*transfer)->torrent().name + " is being transferred already");
  }
  transfers_[key] = *transfer;
  fetching_.insert(key);
  (*transfer)->start();
  if (announcer_) announcer_->add(key);
  return key;
}

void Core::remove(std::uint32_t key, bool remove_files) {
  const std::shared_ptr<Transfer> transfer = find(key);
  if (!transfer) return;
  transfer->stop();
  transfers_.erase(key);
  talk_.forget(key);
  fetching_.erase(key);
  if (announcer_) announcer_->remove(key);
  if (!remove_files) return;
  Result<void> removed = transfer->remove_files();
  if (!removed) log_warning("removing a transfer's files", {{"error", removed.error()}});
}

std::shared_ptr<Transfer> Core::find(std::uint32_t key) const {
  auto found = transfers_.find(key);
  return found == transfers_.end() ? nullptr : found->second;
}

void Core::emit(const std::string& kind, const std::string& text) {
  log_info(text, {{"event", kind}});
  if (handler_) handler_(SwarmEvent{kind, text});
}

void Core::torrent_ready(std::uint32_t key) {
  if (auto transfer = find(key)) transfer->on_ready();
}

void Core::piece_verified(std::uint32_t key, std::uint32_t piece) {
  if (auto transfer = find(key)) transfer->on_piece(piece);
}

void Core::torrent_failed(std::uint32_t key, const Error& error) {
  if (auto transfer = find(key)) transfer->on_failure(error);
}

void Core::peer_banned(std::uint32_t key, const asio::ip::address& peer) {
  if (!banned.insert(peer).second || !session) return;
  session->ban(peer);
  const auto transfer = find(key);
  emit("peer_banned", (transfer ? transfer->torrent().name + ": " : std::string()) + "peer " +
                          peer.to_string() + " banned: sent corrupt pieces");
}

Task<> Core::run(std::shared_ptr<Core> self) {
  static_cast<void>(self);  // keeps it alive
  asio::steady_timer timer(machine.loop.io());
  while (!closed_) {
    tick();
    co_await wait_for(timer, tick_period);
  }
}

void Core::tick() {
  const SteadyTime now = machine.clock.steady();
  view.expire(now);
  const bool leader_changed = tick_transfers(now);
  port_ = session->port();
  if (now >= next_second_) {
    next_second_ = now + 1s;
    tick_second();
  }
  talk_.tick(!fetching_.empty(), leader_changed, now);
}

// True when this device began or ceased to lead somewhere.
bool Core::tick_transfers(SteadyTime now) {
  bool leader_changed = false;
  for (const auto& [key, transfer] : std::map(transfers_)) {
    leader_changed = transfer->tick(now) || leader_changed;
    const bool fetches = !transfer->status().done;
    const bool begins = fetches && fetching_.insert(key).second;
    if (!fetches) fetching_.erase(key);
    if (begins && announcer_) announcer_->hurry(key);
  }
  return leader_changed;
}

// Nothing is taken before it was heard who else does.
void Core::look_for_a_slot(SteadyTime now) {
  if (!slots_.has_limit()) return;
  const std::vector<LanTaker> others = lan_takers(*this);
  const LanTaker self = lan_taker(options.device_id, instance, own_beacon().torrents);
  const bool asks = self.lacks && talk_.has_listened();
  may_take = asks && slots_.may_take(self, others, now);
  if (!asks) slots_.watch(others, now);
}

void Core::tick_second() {
  session->tick();
  look_for_a_slot(machine.clock.steady());
  if (!talk_.look_at_addresses()) return;
  session->interfaces_changed();
  for (const auto& [key, transfer] : transfers_) transfer->on_interfaces_changed();
  machine.http.forget_connections();
  if (announcer_) announcer_->hurry_all();
}

Beacon Core::own_beacon() const {
  Beacon beacon;
  beacon.instance = instance;
  beacon.device_id = options.device_id;
  beacon.site = options.site;
  beacon.listen_port = port_;
  beacon.may_use_wan = options.wan != WanMode::never && options.wan_gate->closed_by().empty();
  for (const auto& [key, transfer] : transfers_) beacon.torrents.push_back(transfer->beacon_entry());
  return beacon;
}

std::optional<TrackerAnnounce> Core::announcement(std::uint32_t key) const {
  const std::shared_ptr<Transfer> transfer = find(key);
  if (!transfer || port_ == 0) return std::nullopt;
  const TransferStatus& status = transfer->status();
  TrackerAnnounce out;
  out.url = options.tracker_url;
  out.info_hash = transfer->torrent().info_hash;
  ByteWriter id;
  id.u64(instance);
  out.peer_id = "-DL0100-" + to_hex(id.written()).substr(0, 12);
  out.port = port_;
  out.downloaded = status.bytes.lan + status.bytes.wan;
  out.uploaded = status.bytes.uploaded;
  out.left = status.missing;
  if (options.wan != WanMode::fast || transfer->is_lan_only()) out.site = options.site;
  out.own_address = options.bind_address.empty() ? own_lan_address() : options.bind_address;
  return out;
}

void Core::introduced(std::uint32_t key, std::vector<asio::ip::tcp::endpoint> peers) {
  const std::shared_ptr<Transfer> transfer = find(key);
  if (!transfer) return;
  talk_.learn(key, peers);
  transfer->on_tracker_peers(std::move(peers));
}

std::vector<MirrorOffer> Core::mirrors() const {
  std::vector<MirrorOffer> all = view.mirrors();
  std::erase_if(all, [this](const MirrorOffer& each) { return is_banned(each.address); });
  return all;
}

void Core::on_mirror_news() {
  mirrors_changed_.wake();
  if (mirrors_handler_) mirrors_handler_(mirrors());
}

Task<> Core::mirrors_changed(std::shared_ptr<Core> self, std::chrono::milliseconds limit) {
  static_cast<void>(self);  // keeps it alive
  co_await mirrors_changed_.wait(limit);
}

Task<> Core::listened(std::shared_ptr<Core> self) {
  static_cast<void>(self);  // keeps it alive
  asio::steady_timer timer(machine.loop.io());
  while (!closed_ && !talk_.has_listened()) {
    co_await wait_for(timer, tick_period);
  }
}

Task<> Core::shut_down(std::shared_ptr<Core> self) {
  static_cast<void>(self);  // keeps it alive
  if (closed_) co_return;
  closed_ = true;
  if (announcer_) announcer_->close();
  talk_.leave();
  std::vector<std::shared_ptr<Transfer>> settling;
  for (const auto& entry : transfers_) settling.push_back(entry.second);
  for (const std::shared_ptr<Transfer>& transfer : settling) {
    co_await transfer->settle(transfer);
    transfer->stop();
  }
  talk_.close();
  if (session) {
    co_await session->close();
  }
  transfers_.clear();
}

void Core::abandon() {
  closed_ = true;
  handler_ = nullptr;
  mirrors_handler_ = nullptr;
  if (announcer_) announcer_->close();
  talk_.close();
  for (const auto& [key, transfer] : transfers_) transfer->stop();
  transfers_.clear();
  session.reset();
}

class TorrentSwarm final : public Swarm {
 public:
  explicit TorrentSwarm(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~TorrentSwarm() override { core_->abandon(); }

  Result<TransferId> add(TransferSpec spec) override {
    Result<std::uint32_t> key = core_->add(std::move(spec));
    if (!key) return fail(std::move(key.error()));
    return TransferId{*key};
  }

  void remove(TransferId id, bool remove_files) override {
    core_->remove(static_cast<std::uint32_t>(id), remove_files);
  }

  TransferStatus status(TransferId id) const override {
    const auto transfer = core_->find(static_cast<std::uint32_t>(id));
    return transfer ? transfer->status() : TransferStatus{};
  }

  void set_wanted(TransferId id, WantedRanges ranges) override {
    const auto transfer = core_->find(static_cast<std::uint32_t>(id));
    if (transfer) transfer->set_wanted(std::move(ranges));
  }

  Task<> changed(TransferId id, std::chrono::milliseconds limit) override {
    const auto transfer = core_->find(static_cast<std::uint32_t>(id));
    if (!transfer) co_return;
    co_await transfer->changed(transfer, limit);
  }

  void on_event(std::function<void(const SwarmEvent&)> handler) override {
    core_->on_event(std::move(handler));
  }

  Task<std::vector<LanOffer>> offers() override {
    const auto core = core_;
    co_await core->listened(core);
    co_return core->view.offers();
  }

  std::vector<LanShare> shares(const Digest& content) const override {
    std::vector<LanShare> out;
    for (const WanRival& each : wan_rivals(*core_, content_key(content)))
      out.push_back({each.peer.beacon.device_id, each.entry.progress, !each.entry.complete});
    return out;
  }

  void tell_mirror(const OwnMirror& own) override { core_->tell_mirror(own); }

  Task<std::vector<MirrorOffer>> mirrors() override {
    const auto core = core_;
    co_await core->listened(core);
    co_return core->mirrors();
  }

  Task<> mirrors_changed(std::chrono::milliseconds limit) override {
    const auto core = core_;
    co_await core->mirrors_changed(core, limit);
  }

  void on_mirrors(std::function<void(const std::vector<MirrorOffer>&)> handler) override {
    core_->on_mirrors(std::move(handler));
  }

  Task<> shut_down() override {
    const auto core = core_;
    co_await core->shut_down(core);
  }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

Result<WanMode> parse_wan_mode(std::string_view text) {
  if (text == "shared") return WanMode::shared;
  if (text == "own") return WanMode::own;
  if (text == "fast") return WanMode::fast;
  if (text == "never") return WanMode::never;
  return fail(ErrorKind::usage, "wan = '" + std::string(text) + "': say shared, own, fast or never");
}

Result<std::unique_ptr<Swarm>> make_torrent_swarm(TorrentSwarmOptions options, SwarmMachine machine) {
  if (options.device_id.empty()) return fail(ErrorKind::usage, "the swarm needs a device id");
  const std::uint64_t instance = machine.random.below(~std::uint64_t{0}) + 1;
  auto core = std::make_shared<Core>(std::move(options), machine, instance);
  Result<void> opened = core->open();
  if (!opened) {
    core->abandon();
    return fail(std::move(opened.error()), "starting the swarm");
  }
  return std::unique_ptr<Swarm>(std::make_unique<TorrentSwarm>(std::move(core)));
}

}  // namespace dunlin
