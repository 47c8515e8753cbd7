#include "swarm/torrent_session.h"

#include <atomic>

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/alert_types.hpp>
#include <libtorrent/extensions/smart_ban.hpp>
#include <libtorrent/ip_filter.hpp>
#include <libtorrent/peer_class.hpp>
#include <libtorrent/peer_info.hpp>
#include <libtorrent/session.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/torrent_handle.hpp>
#include <libtorrent/torrent_info.hpp>
#include <libtorrent/torrent_status.hpp>

#include "core/base/log.h"
#include "swarm/torrent_disk.h"

namespace dunlin {

namespace {

using Settings = lt::settings_pack;

constexpr int failures_max = 100;

std::string listen_interfaces(const TorrentSessionOptions& options) {
  const std::string port = std::to_string(options.listen_port);
  if (options.bind_address.empty()) return "0.0.0.0:" + port + ",[::]:" + port;
  if (options.bind_address.find(':') != std::string::npos) return "[" + options.bind_address + "]:" + port;
  return options.bind_address + ":" + port;
}

// Only TCP between machines we found ourselves: no other discovery, no port mapping, nothing that leaks the
// seeder's address to devices that should leave it alone.
void set_reach(Settings& pack, const TorrentSessionOptions& options) {
  for (int off : {Settings::enable_dht, Settings::enable_lsd, Settings::enable_upnp, Settings::enable_natpmp,
                  Settings::enable_incoming_utp, Settings::enable_outgoing_utp,
                  Settings::listen_system_port_fallback, Settings::smooth_connects})
    pack.set_bool(off, false);
  pack.set_str(Settings::listen_interfaces, listen_interfaces(options));
  pack.set_str(Settings::outgoing_interfaces, options.bind_address);
  pack.set_int(Settings::max_retry_port_bind, 0);
  pack.set_bool(Settings::allow_multiple_connections_per_ip, options.allow_many_from_one_address);
  // A seeder that dials back reaches the address of a NAT instead of a device.
  pack.set_bool(Settings::seeding_outgoing_connections, !options.allow_many_from_one_address);
  pack.set_int(Settings::in_enc_policy, Settings::pe_disabled);
  pack.set_int(Settings::out_enc_policy, Settings::pe_disabled);
  pack.set_int(Settings::connections_limit, options.allow_many_from_one_address ? 500 : 60);
  pack.set_int(Settings::upload_rate_limit,
               static_cast<int>(std::min<std::uint64_t>(options.upload_rate_max, 1u << 30)));
}

// The defaults stall for a minute at the end of a transfer and never come back to a peer after three failed
// connects.
void set_patience(Settings& pack) {
  pack.set_bool(Settings::close_redundant_connections, false);
  pack.set_int(Settings::min_reconnect_time, 1);
  pack.set_int(Settings::max_failcount, failures_max);
  pack.set_int(Settings::peer_timeout, 20);
  pack.set_int(Settings::inactivity_timeout, 60);
  pack.set_int(Settings::request_timeout, 10);
  pack.set_int(Settings::piece_timeout, 5);
  pack.set_int(Settings::peer_connect_timeout, 7);
  pack.set_int(Settings::handshake_timeout, 7);
}

void set_memory(Settings& pack) {
  pack.set_int(Settings::aio_threads, 1);
  pack.set_int(Settings::hashing_threads, 1);
  pack.set_int(Settings::max_queued_disk_bytes, 512 * 1024);
  pack.set_int(Settings::send_buffer_watermark, 256 * 1024);
  pack.set_int(Settings::max_out_request_queue, 200);
  pack.set_int(Settings::max_peer_recv_buffer_size, 256 * 1024);
  pack.set_int(Settings::alert_queue_size, 2000);
}

lt::session_params session_params(const TorrentSessionOptions& options) {
  Settings pack;
  set_reach(pack, options);
  set_patience(pack);
  set_memory(pack);
  pack.set_str(Settings::user_agent, "dunlin");
  pack.set_int(Settings::alert_mask, static_cast<int>(static_cast<std::uint32_t>(
                                         lt::alert_category::status | lt::alert_category::error |
                                         lt::alert_category::peer | lt::alert_category::piece_progress)));
  // Without the default plugins: no peer exchange, no metadata exchange.
  return lt::session_params(std::move(pack), std::vector<std::shared_ptr<lt::plugin>>());
}

constexpr std::uint32_t bit_of(lt::peer_class_t peer_class) {
  return 1u << static_cast<std::uint32_t>(peer_class);
}

// By itself libtorrent keeps no limit towards addresses of local networks, and those are all we talk to.
lt::ip_filter limits_for_everyone() {
  // The class of local peers stays, for it is always unchoked.
  const auto both = bit_of(lt::session::global_peer_class_id) | bit_of(lt::session::local_peer_class_id);
  const auto v4 = [](const char* text) { return asio::ip::make_address_v4(text); };
  lt::ip_filter filter;
  filter.add_rule(v4("0.0.0.0"), v4("255.255.255.255"), both);
  filter.add_rule(asio::ip::make_address_v6("::"),
                  asio::ip::make_address_v6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), both);
  return filter;
}

std::string save_path(std::uint32_t key) {
  return "/transfer-" + std::to_string(key);
}

Result<std::shared_ptr<lt::torrent_info>> to_torrent_info(const TorrentFile& torrent) {
  TorrentFile without_trackers = torrent;  // trackers are asked by us, per site
  without_trackers.trackers.clear();
  const Bytes bytes = encode_torrent(without_trackers);
  lt::load_torrent_limits limits;
  limits.max_buffer_size = static_cast<int>(bytes.size()) + 1;
  try {
    const lt::span<const char> text(reinterpret_cast<const char*>(bytes.data()),
                                    static_cast<std::ptrdiff_t>(bytes.size()));
    return std::make_shared<lt::torrent_info>(text, limits, lt::from_span);
  } catch (const std::exception& error) {
    return fail(ErrorKind::bad_image, std::string("torrent refused: ") + error.what());
  }
}

lt::typed_bitfield<lt::piece_index_t> to_bitfield(const PieceSet& have) {
  lt::typed_bitfield<lt::piece_index_t> bits(static_cast<int>(have.size()), false);
  for (std::uint32_t i = 0; i < have.size(); ++i) {
    if (have.has(i)) bits.set_bit(lt::piece_index_t(static_cast<int>(i)));
  }
  return bits;
}

std::vector<lt::download_priority_t> to_priorities(const PieceSet& wanted) {
  std::vector<lt::download_priority_t> priorities;
  priorities.reserve(wanted.size());
  for (std::uint32_t i = 0; i < wanted.size(); ++i)
    priorities.push_back(wanted.has(i) ? lt::default_priority : lt::dont_download);
  return priorities;
}

}  // namespace

struct TorrentSession::State : std::enable_shared_from_this<State> {
  State(EventLoop& given_loop, TorrentEvents& given_events)
      : loop(given_loop), events(&given_events), stores(std::make_shared<TorrentStores>()) {}

  const lt::torrent_handle* find(std::uint32_t key) const {
    auto found = handles.find(key);
    return found == handles.end() || !found->second.is_valid() ? nullptr : &found->second;
  }

  std::uint32_t key_of(const lt::torrent_handle& handle) const {
    auto found = keys.find(handle);
    return found == keys.end() ? 0 : found->second;
  }

  void end() {
    if (!session) return;
    auto remains = std::make_shared<lt::session_proxy>(session->abort());
    session.reset();
    disk = nullptr;
    handles.clear();
    keys.clear();
    pending.clear();
    spawn(loop.io(), bury(shared_from_this(), std::move(remains)));
  }

  // libtorrent's handlers refer to the session without owning it: it may go only when the last torrent and
  // the timers are gone, and the cancelled handlers have run.
  Task<> bury(std::shared_ptr<State> self, std::shared_ptr<lt::session_proxy> remains) {
    static_cast<void>(remains);  // keeps it alive
    asio::steady_timer timer(loop.io());
    while (!self->disk_end->aborted || self->disk_end->storages > 0) {
      co_await wait_for(timer, std::chrono::milliseconds(20));
    }
    co_await wait_for(timer, std::chrono::milliseconds(100));
    self->buried = true;
  }

  void pump() {
    alerts_waiting = false;
    if (!session) return;
    std::vector<lt::alert*> alerts;
    session->pop_alerts(&alerts);
    for (const lt::alert* alert : alerts) {
      // An owner may close the session from inside an event.
      if (session) handle(*alert);
    }
  }

  void handle(const lt::alert& alert) {
    if (const auto* added = lt::alert_cast<lt::add_torrent_alert>(&alert)) return on_added(*added);
    if (const auto* piece = lt::alert_cast<lt::piece_finished_alert>(&alert)) {
      const std::uint32_t key = key_of(piece->handle);
      if (key != 0)
        events->piece_verified(key, static_cast<std::uint32_t>(static_cast<int>(piece->piece_index)));
      return;
    }
    if (const auto* ban = lt::alert_cast<lt::peer_ban_alert>(&alert)) {
      const std::uint32_t key = key_of(ban->handle);
      if (key != 0) events->peer_banned(key, ban->endpoint.address());
      return;
    }
    if (const auto* failed = lt::alert_cast<lt::torrent_error_alert>(&alert)) {
      const std::uint32_t key = key_of(failed->handle);
      if (key != 0) events->torrent_failed(key, Error{ErrorKind::device, {}, failed->message()});
      return;
    }
    if (lt::alert_cast<lt::listen_failed_alert>(&alert))
      log_warning("cannot listen for peers", {{"reason", alert.message()}});
  }

  void on_added(const lt::add_torrent_alert& added) {
    auto wanted = pending.find(added.params.save_path);
    if (wanted == pending.end()) {
      if (added.handle.is_valid()) session->remove_torrent(added.handle);
      return;
    }
    const std::uint32_t key = wanted->second;
    pending.erase(wanted);
    if (added.error) {
      events->torrent_failed(key, Error{ErrorKind::usage, {}, "torrent refused: " + added.error.message()});
      return;
    }
    handles[key] = added.handle;
    keys[added.handle] = key;
    if (auto wanted_now = wanted_later.extract(key))
      added.handle.prioritize_pieces(to_priorities(wanted_now.mapped()));
    events->torrent_ready(key);
  }

  EventLoop& loop;
  TorrentEvents* events;
  std::shared_ptr<TorrentStores> stores;
  std::shared_ptr<TorrentDiskEnd> disk_end = std::make_shared<TorrentDiskEnd>();
  std::unique_ptr<lt::session> session;
  bool buried = false;
  TorrentDisk* disk = nullptr;                     // libtorrent's; valid while `session` is
  std::map<std::string, std::uint32_t> pending;    // asked for, not yet there
  std::map<std::uint32_t, PieceSet> wanted_later;  // told before the torrent was there
  std::map<std::uint32_t, lt::torrent_handle> handles;
  std::map<lt::torrent_handle, std::uint32_t> keys;
  lt::ip_filter filter;
  std::atomic<bool> alerts_waiting{false};
  int ticks = 0;
};

TorrentSession::TorrentSession(TorrentSessionOptions options, EventLoop& loop, TorrentEvents& events)
    : state_(std::make_shared<State>(loop, events)) {
  lt::session_params params = session_params(options);
  params.disk_io_constructor = [state = state_.get()](asio::io_context& io, const lt::settings_interface&,
                                                      lt::counters&) -> std::unique_ptr<lt::disk_interface> {
    auto disk = std::make_unique<TorrentDisk>(io, state->loop.pool(), state->stores, state->disk_end);
    state->disk = disk.get();
    return disk;
  };
  state_->session = std::make_unique<lt::session>(std::move(params), loop.io());
  if (options.upload_rate_max > 0) state_->session->set_peer_class_filter(limits_for_everyone());
  state_->session->set_alert_notify([weak = std::weak_ptr<State>(state_), &io = loop.io()] {
    auto state = weak.lock();
    if (!state || state->alerts_waiting.exchange(true)) return;
    asio::post(io, [state] { state->pump(); });
  });
}

TorrentSession::~TorrentSession() {
  state_->end();
}

void TorrentSession::add(const TorrentFile& torrent, TorrentStart start) {
  if (!state_->session) return;
  Result<std::shared_ptr<lt::torrent_info>> info = to_torrent_info(torrent);
  if (!info) {
    state_->events->torrent_failed(start.key, info.error());
    return;
  }
  lt::add_torrent_params params;
  params.ti = std::move(*info);
  params.save_path = save_path(start.key);
  params.have_pieces = to_bitfield(start.have);
  params.piece_priorities = to_priorities(start.wanted);
  params.flags = lt::torrent_flags::disable_dht | lt::torrent_flags::disable_lsd |
                 lt::torrent_flags::disable_pex | lt::torrent_flags::duplicate_is_error;
  params.extensions.emplace_back(&lt::create_smart_ban_plugin);  // finds out which of several peers lied
  if (start.sequential) params.flags |= lt::torrent_flags::sequential_download;
  auto failed = [weak = std::weak_ptr<State>(state_), key = start.key](const Error& error) {
    auto state = weak.lock();
    if (state && state->session) state->events->torrent_failed(key, error);
  };
  state_->stores->by_save_path[params.save_path] = {std::move(start.store), std::move(failed)};
  state_->pending[params.save_path] = start.key;
  state_->session->async_add_torrent(std::move(params));
}

void TorrentSession::remove(std::uint32_t key) {
  state_->pending.erase(save_path(key));
  state_->wanted_later.erase(key);
  if (const lt::torrent_handle* handle = state_->find(key); handle && state_->session) {
    state_->keys.erase(*handle);
    state_->session->remove_torrent(*handle);
  }
  state_->handles.erase(key);
}

void TorrentSession::want(std::uint32_t key, const PieceSet& wanted) {
  if (const lt::torrent_handle* handle = state_->find(key))
    handle->prioritize_pieces(to_priorities(wanted));
  else
    state_->wanted_later[key] = wanted;
}

void TorrentSession::pause(std::uint32_t key) {
  if (const lt::torrent_handle* handle = state_->find(key)) handle->pause();
}

void TorrentSession::connect(std::uint32_t key, const asio::ip::tcp::endpoint& peer) {
  if (const lt::torrent_handle* handle = state_->find(key)) handle->connect_peer(peer);
}

void TorrentSession::reconnect(std::uint32_t key, const std::vector<asio::ip::tcp::endpoint>& peers) {
  const lt::torrent_handle* found = state_->find(key);
  if (!found) return;
  lt::torrent_handle handle = *found;
  handle.clear_peers();
  for (const auto& peer : peers) handle.connect_peer(peer);
}

void TorrentSession::add_piece(std::uint32_t key, std::uint32_t piece, ByteView bytes) {
  const lt::torrent_handle* handle = state_->find(key);
  if (!handle) return;
  const auto index = lt::piece_index_t(static_cast<int>(piece));
  std::vector<char> data(bytes.begin(), bytes.end());
  if (auto info = handle->torrent_file()) data.resize(static_cast<std::size_t>(info->piece_size(index)));
  handle->add_piece(index, std::move(data));
}

std::vector<int> TorrentSession::availability(std::uint32_t key,
                                              const std::set<asio::ip::address>& without) const {
  const lt::torrent_handle* handle = state_->find(key);
  if (!handle) return {};
  std::vector<int> counts;
  lt::torrent_handle(*handle).piece_availability(counts);
  if (without.empty()) return counts;
  std::vector<lt::peer_info> peers;
  handle->get_peer_info(peers);
  for (const lt::peer_info& peer : peers) {
    if (!without.contains(peer.ip.address())) continue;
    for (std::size_t i = 0; i < counts.size() && i < static_cast<std::size_t>(peer.pieces.size()); ++i)
      counts[i] -= peer.pieces.get_bit(lt::piece_index_t(static_cast<int>(i))) ? 1 : 0;
  }
  return counts;
}

std::vector<bool> TorrentSession::pieces(std::uint32_t key) const {
  const lt::torrent_handle* handle = state_->find(key);
  if (!handle) return {};
  const lt::torrent_status status = handle->status(lt::torrent_handle::query_pieces);
  std::vector<bool> out;
  for (const bool has : status.pieces) out.push_back(has);
  return out;
}

PeerTraffic TorrentSession::traffic(std::uint32_t key) const {
  PeerTraffic out;
  const lt::torrent_handle* handle = state_->find(key);
  if (!handle) return out;
  const lt::torrent_status status = handle->status({});
  out.uploaded = static_cast<std::uint64_t>(status.total_payload_upload);
  out.wasted = static_cast<std::uint64_t>(status.total_failed_bytes + status.total_redundant_bytes);
  std::vector<lt::peer_info> peers;
  handle->get_peer_info(peers);
  for (const lt::peer_info& peer : peers) {
    if (peer.flags & (lt::peer_info::connecting | lt::peer_info::handshake)) continue;
    out.connected.insert(peer.ip.address());
    out.interest =
        out.interest || (peer.flags & (lt::peer_info::interesting | lt::peer_info::remote_interested));
    out.downloaded[peer.ip.address()] += static_cast<std::uint64_t>(peer.total_download);
  }
  return out;
}

void TorrentSession::sync(std::uint32_t key, std::function<void(Result<void>)> done) {
  if (state_->session && state_->disk) state_->disk->sync(save_path(key), std::move(done));
}

void TorrentSession::hang_up(const asio::ip::address& peer) {
  if (!state_->session) return;
  lt::ip_filter closing = state_->filter;
  closing.add_rule(peer, peer, lt::ip_filter::blocked);
  state_->session->set_ip_filter(closing);
  state_->session->set_ip_filter(state_->filter);
}

void TorrentSession::ban(const asio::ip::address& peer) {
  if (!state_->session) return;
  state_->filter.add_rule(peer, peer, lt::ip_filter::blocked);
  state_->session->set_ip_filter(state_->filter);
}

void TorrentSession::tick() {
  if (!state_->session || ++state_->ticks % 2 != 0) return;
  // libtorrent 2.0.8 takes the limit over only when it changes while peers exist.
  Settings pack;
  pack.set_int(Settings::max_failcount, failures_max + (state_->ticks / 2) % 2);
  state_->session->apply_settings(std::move(pack));
}

void TorrentSession::interfaces_changed() {
  if (state_->session) state_->session->reopen_network_sockets({});
}

std::uint16_t TorrentSession::port() const {
  return state_->session ? state_->session->listen_port() : std::uint16_t{0};
}

Task<> TorrentSession::close() {
  auto state = state_;
  if (!state->session) co_return;
  state->end();
  asio::steady_timer timer(state->loop.io());
  for (int i = 0; i < 250 && !state->buried; ++i) {
    co_await wait_for(timer, std::chrono::milliseconds(20));
  }
  if (!state->buried) log_warning("the swarm session did not close in time");
}

}  // namespace dunlin
