#pragma once
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/base/clock.h"
#include "swarm/beacon.h"

namespace dunlin {

// A device of this site that was heard lately. `address` is text ("192.0.2.7") so that simulations need no
// sockets.
struct SitePeer {
  Beacon beacon;
  std::string address;
  SteadyTime heard{};
  SteadyTime heard_by_group{};  // its last beacon that was sent to the multicast group

  // How long silence is nothing to worry about: as it says itself, within SiteView's bounds.
  std::chrono::milliseconds lifetime() const;
  // Multicast passes between us. What comes this way is taken to go the other way too.
  bool is_reached_by_group(SteadyTime now) const { return now - heard_by_group <= lifetime(); }
};

// Who is there: devices of the same site heard lately. Pure; holds at most 512 devices.
class SiteView {
 public:
  // Bounds for what a device says of its own lifetime.
  static constexpr std::chrono::milliseconds lifetime_min{1'000};
  static constexpr std::chrono::milliseconds lifetime_max{600'000};
  // While somebody fetches, everyone who hears it speaks at least once a second: whoever is not heard for
  // this long is gone, whatever it said when the site was at rest.
  static constexpr std::chrono::milliseconds roll_call{3'500};
  static constexpr std::size_t peers_max = 512;

  SiteView(std::string site, std::uint64_t own_instance)
      : site_(std::move(site)), own_instance_(own_instance) {}

  // Since when this site fetches, by what is heard and by what we want ourselves; nullopt: it is at rest.
  void set_fetching_since(std::optional<SteadyTime> since) { fetching_since_ = since; }
  // True when this device was not known: answer it at once. Beacons of our own, of other sites and past the
  // limit are ignored. A device that leaves is forgotten.
  bool hear(const Beacon& beacon, const std::string& address, SteadyTime now);
  // Forgets who has been silent for too long.
  void expire(SteadyTime now);
  // Some neighbour lacks pieces that it wants.
  bool is_somebody_fetching() const;
  bool is_heard_at(const std::string& address) const;
  // Some neighbour is known by an IPv6 address only.
  bool is_somebody_on_ipv6() const;
  // Addresses of devices that fell silent without a word and have not been heard since.
  const std::set<std::string>& silent() const { return silent_; }
  // In order of instance.
  const std::map<std::uint64_t, SitePeer>& peers() const { return peers_; }
  // What they have, in the same order; contents of which a device has nothing yet are left out.
  std::vector<LanOffer> offers() const;
  // Who serves a mirror of the repository, in the same order.
  std::vector<MirrorOffer> mirrors() const;

 private:
  std::string site_;
  std::uint64_t own_instance_;
  std::map<std::uint64_t, SitePeer> peers_;
  std::set<std::string> silent_;
  std::optional<SteadyTime> fetching_since_;
};

}  // namespace dunlin
