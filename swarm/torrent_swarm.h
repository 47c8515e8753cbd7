#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/disk.h"
#include "core/base/event_loop.h"
#include "core/base/random.h"
#include "swarm/http_client.h"
#include "swarm/swarm.h"
#include "swarm/wan_gate.h"

namespace dunlin {

// How a site uses its link to the seeder.
enum class WanMode {
  shared,  // one elected leader reads from the seeder, pieces in order; everyone else from the LAN
  own,     // this device has an uplink of its own: it reads its share over it, beside all others that read
  fast,    // the link is as fast as the LAN: everyone connects to everyone, also the seeder, rarest first
  never,   // LAN only
};

// "shared", "own", "fast", "never"; anything else is usage.
Result<WanMode> parse_wan_mode(std::string_view text);

struct TorrentSwarmOptions {
  std::string device_id;
  std::string site = "default";
  std::string checkpoint_dir;     // made when missing; one small file per torrent
  WanMode wan = WanMode::shared;  // the seeder itself uses fast
  std::string bind_address;       // empty: every interface; else one address for peers and beacons
  std::uint16_t listen_port = 0;  // 0: random (devices behind one NAT must differ)
  std::uint16_t beacon_port = 7711;
  std::string beacon_group = "239.192.77.1";    // IPv4 multicast; empty: none
  std::string beacon_group6 = "ff15::646c:6e";  // IPv6 multicast; empty: none
  std::vector<std::string> peers;               // "host:beacon_port" (port may be left out) of neighbours
  bool discover = true;                         // false: no beacons at all (the seeder)
  // ".../announce" of the site-aware tracker; empty: none. Asked with our own HTTP client: with `site=` in
  // modes shared, own and never (answers with devices of this site only, never with the seeder's own peer),
  // without it in mode fast (answers with everyone).
  std::string tracker_url;
  std::shared_ptr<WanGate> wan_gate = std::make_shared<OpenWanGate>();  // asked before each request
  std::chrono::milliseconds leader_patience{3'000};  // a leader without a byte for this long gives way; up to
                                                     // four times as long on links that are thin
  std::uint64_t upload_rate_max = 0;                 // bytes a second to all peers; 0: no limit
  std::size_t takers_max = 0;  // devices of a site that take content at a time, by LanSlots; 0: no limit
  bool allow_many_from_one_address = false;  // the seeder: devices behind one NAT share an address
};

// What the swarm is built on; all of it outlives the swarm and the run of the loop.
struct SwarmMachine {
  EventLoop& loop;
  Disk& disk;
  Clock& clock;
  Random& random;
  HttpClient& http;
};

// The real swarm: one libtorrent session on the loop's thread. Fails with usage when a port is taken or an
// option makes no sense, with device when `checkpoint_dir` cannot be made. May be called before the loop
// runs.
Result<std::unique_ptr<Swarm>> make_torrent_swarm(TorrentSwarmOptions options, SwarmMachine machine);

}  // namespace dunlin
