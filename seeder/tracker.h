#pragma once
#include <map>
#include <set>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "seeder/tracker_protocol.h"

namespace dunlin {

struct TrackerLimits {
  std::chrono::seconds interval{60};
  std::size_t peers_max = 5'000;  // of one torrent; beyond it newcomers are answered but not remembered
  // Who lacks nothing is found by those who do: it asks that many times less often.
  int rest_factor = 15;
};

// Who serves a torrent to sites that ask nobody in particular.
enum class Seeding {
  by_seeder,   // packs
  by_devices,  // images: they travel inside a site only
};

// Who has which torrent right now. A peer that has not announced for two of its intervals is forgotten; one
// that was started again takes the place of what it was at the same address of the same site. A request
// that names a site hears only of peers that named the same site, and never of the seeder itself: the site's
// leader alone talks to the seeder. A request without a site hears of everyone who has a pack,
// and of no device of a site that has an image.
class Tracker {
 public:
  Tracker(TrackerLimits limits, const Clock& clock, Random& random)
      : limits_(limits), clock_(clock), random_(random) {}

  // Only torrents that were added are tracked.
  void add_torrent(const SwarmHash& info_hash, Seeding seeding = Seeding::by_seeder);
  // Where the seeder's own BitTorrent peer listens, for requests without a site.
  void set_seeder(const PeerEndpoint& endpoint) { seeder_ = endpoint; }

  // usage: the torrent is not one of ours.
  Result<AnnounceAnswer> announce(const AnnounceRequest& request);

  // Live peers by site, over all torrents; peers without a site count under "".
  std::map<std::string, std::size_t> peers_by_site() const;

 private:
  struct Peer {
    std::vector<PeerEndpoint> endpoints;
    std::optional<std::string> site;
    bool is_seed = false;
    SteadyTime seen;
    std::chrono::seconds interval;  // until it asks again
  };
  struct Torrent {
    Seeding seeding = Seeding::by_seeder;
    std::map<std::string, Peer> peers;  // by peer id
  };

  bool is_live(const Peer& peer) const;
  std::chrono::seconds interval_for(const AnnounceRequest& request) const;
  void remember(Torrent& torrent, const AnnounceRequest& request);
  AnnounceAnswer answer(const Torrent& torrent, const AnnounceRequest& request);

  TrackerLimits limits_;
  const Clock& clock_;
  Random& random_;
  std::map<SwarmHash, Torrent> torrents_;
  std::optional<PeerEndpoint> seeder_;
};

}  // namespace dunlin
