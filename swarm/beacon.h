#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "swarm/fetch_run.h"
#include "swarm/lan_offer.h"
#include "swarm/mirror_offer.h"

namespace dunlin {

constexpr std::size_t beacon_bytes_max = 1200;  // fits any link's datagram without fragments
constexpr std::size_t beacon_torrents_max = 40;
constexpr std::size_t beacon_leases_max = 16;      // over all torrents
constexpr std::size_t beacon_text_bytes_max = 64;  // device id and site are cut to this

// What a device says about one content: a pack or an image.
struct BeaconTorrent {
  std::uint64_t content = 0;   // content_key()
  std::uint64_t progress = 0;  // verified bytes, and for a leader also those under way: grows while it works
  std::uint32_t term = 0;      // highest leader term it knows
  std::uint8_t give_ways = 0;  // how often it led without progress since it last had some
  bool leads = false;
  bool can_lead = false;  // it may use the WAN, knows where to read, and lacks pieces
  bool complete = false;
  bool own_uplink = false;         // it leads for itself, whoever else does
  std::vector<FetchRun> leases{};  // of one that leads: pieces that it has asked the WAN for
  bool reluctant = false;          // others should rather lead: a metered link, a battery
  bool operator==(const BeaconTorrent&) const = default;
};

// What a device says about itself from time to time (BeaconPace). A hint: nothing in it is trusted
// (docs/swarm.md).
struct Beacon {
  std::uint64_t instance = 0;  // by chance at each start: tells two devices with one id apart, and us from us
  std::string device_id;
  std::string site;
  std::uint16_t listen_port = 0;
  bool may_use_wan = false;
  bool leaving = false;  // the last word before a clean shut-down
  bool direct = false;   // sent to one address, not to the multicast group
  // The device is gone when nothing was heard of it for so long. In tenths of a second, at most 6553.5 s.
  std::chrono::milliseconds alive_for{3'500};
  MirrorNews mirror;
  std::vector<BeaconTorrent> torrents;
  bool operator==(const Beacon&) const = default;
};

// At most beacon_bytes_max bytes; torrents past beacon_torrents_max are left out, and so are leases past
// beacon_leases_max.
Bytes encode_beacon(const Beacon& beacon);
// Total; bad_peer for anything encode_beacon did not write.
Result<Beacon> parse_beacon(ByteView bytes);

}  // namespace dunlin
