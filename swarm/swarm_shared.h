#pragma once
#include <memory>
#include <set>

#include "swarm/checkpoint.h"
#include "swarm/site_view.h"
#include "swarm/torrent_session.h"
#include "swarm/torrent_swarm.h"

namespace dunlin {

// What all transfers of one swarm share.
struct SwarmShared {
  SwarmShared(TorrentSwarmOptions given, SwarmMachine on, std::uint64_t chosen_instance)
      : options(std::move(given)),
        machine(on),
        instance(chosen_instance),
        checkpoints(on.disk, options.checkpoint_dir),
        view(options.site, chosen_instance) {}
  virtual ~SwarmShared() = default;
  virtual void emit(const std::string& kind, const std::string& text) = 0;
  // A beacon goes out now; when the last one did so a moment ago, with the next tick.
  virtual void tell_soon() = 0;
  // How long this device has heard its site by now.
  virtual std::chrono::milliseconds listened_for() const = 0;

  // `address` as in SitePeer.
  bool is_banned(const std::string& address) const {
    error_code code;
    return banned.contains(asio::ip::make_address(address, code));
  }
  // Where devices were that fell silent.
  std::set<asio::ip::address> silent_addresses() const {
    std::set<asio::ip::address> out;
    error_code code;
    for (const std::string& each : view.silent()) out.insert(asio::ip::make_address(each, code));
    return out;
  }

  TorrentSwarmOptions options;
  SwarmMachine machine;
  std::uint64_t instance;
  CheckpointStore checkpoints;
  SiteView view;
  std::set<asio::ip::address> banned;
  bool may_take = true;                     // content, from anyone: it is this device's turn (LanSlots)
  std::unique_ptr<TorrentSession> session;  // there as long as transfers are not stopped
};

}  // namespace dunlin
