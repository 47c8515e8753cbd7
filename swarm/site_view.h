#pragma once
#include <map>
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

  // Multicast passes between us. What comes this way is taken to go the other way too.
  bool is_reached_by_group(SteadyTime now) const {
    return now - heard_by_group <= std::chrono::milliseconds(3'500);
  }
};

// Who is there: devices of the same site heard lately. Pure; holds at most 512 devices.
class SiteView {
 public:
  // A device is there for this long after its last beacon; shorter while it lacks pieces, for then its
  // beacons come twice as often, and a dead leader must not hold up its site.
  static constexpr std::chrono::milliseconds lifetime{3'500};
  static constexpr std::chrono::milliseconds busy_lifetime{2'500};
  static constexpr std::size_t peers_max = 512;

  SiteView(std::string site, std::uint64_t own_instance)
      : site_(std::move(site)), own_instance_(own_instance) {}

  // True when this device was not known: answer it at once. Beacons of our own, of other sites and past the
  // limit are ignored. A device that leaves is forgotten.
  bool hear(const Beacon& beacon, const std::string& address, SteadyTime now);
  // Forgets who has not been heard for that long.
  void expire(SteadyTime now);
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
};

}  // namespace dunlin
