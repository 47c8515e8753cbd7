#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "swarm/site_view.h"

namespace dunlin {

// Who gets our beacons addressed to it alone: devices of this site that multicast does not reach, because
// they are in another subnet or because it is filtered. They are known from the tracker's answers for this
// site, and from beacons that they addressed to us. Pure; addresses are text as in SitePeer.
class DirectPeers {
 public:
  static constexpr std::size_t addresses_max = 256;

  // What the tracker said about one torrent's peers now; replaces what it said before.
  void learn(std::uint32_t torrent, std::set<std::string> addresses, SteadyTime now);
  void forget(std::uint32_t torrent) { learned_.erase(torrent); }
  // To whom the beacon that is sent now also goes. Somebody who never answers gets one with each beacon at
  // first, later every ten seconds.
  std::set<std::string> targets(const SiteView& view, SteadyTime now);

 private:
  struct Lesson {
    std::set<std::string> addresses;
    SteadyTime when{};
  };
  bool is_due(const std::string& address, const Lesson& lesson, SteadyTime now);

  std::map<std::uint32_t, Lesson> learned_;      // by torrent
  std::map<std::string, SteadyTime> last_sent_;  // to those who never answered
};

}  // namespace dunlin
