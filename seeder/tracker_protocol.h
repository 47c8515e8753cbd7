#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/asio.h"
#include "core/base/digest.h"

namespace dunlin {

// How the tracker protocol names a torrent: the first 20 bytes of a v2 info-hash (BEP 52).
using SwarmHash = std::array<std::uint8_t, 20>;
using PeerEndpoint = asio::ip::tcp::endpoint;

enum class AnnounceEvent { none, started, stopped, completed };

// One GET /announce (BEP 3, BEP 7), with our parameter `site`.
struct AnnounceRequest {
  SwarmHash info_hash{};
  std::string peer_id;  // 20 bytes, chosen by the client
  // Where the peer can be reached: the addresses it named, when they are private ones (a device behind NAT is
  // reached by its neighbours there), else the address that the request came from. At least one.
  std::vector<PeerEndpoint> endpoints;
  std::uint64_t left = 0;  // bytes it still lacks
  AnnounceEvent event = AnnounceEvent::none;
  std::size_t wanted = 50;          // peers in the answer, at most 200
  std::optional<std::string> site;  // at most 64 bytes
};

struct AnnounceAnswer {
  std::chrono::seconds interval{60};
  std::uint32_t seeds = 0;
  std::uint32_t leeches = 0;
  std::vector<PeerEndpoint> peers;
};

SwarmHash swarm_hash_of(const Digest& info_hash);

// Total, over the undecoded query: info_hash and peer_id are raw bytes. usage, with the parameter's name.
Result<AnnounceRequest> parse_announce(std::string_view raw_query, const std::string& peer_address);

// Bencoded, compact (BEP 23), IPv6 peers in "peers6" (BEP 7).
std::string format_answer(const AnnounceAnswer& answer);
std::string format_failure(std::string_view reason);

}  // namespace dunlin
