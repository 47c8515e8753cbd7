#pragma once
#include <string>
#include <vector>

#include "core/base/asio.h"
#include "core/base/digest.h"

namespace dunlin {

struct TrackerAnnounce {
  std::string url;      // ".../announce"
  Digest info_hash;     // sent cut to 20 bytes (BEP 52)
  std::string peer_id;  // 20 bytes
  std::uint16_t port = 0;
  std::uint64_t downloaded = 0;
  std::uint64_t uploaded = 0;
  std::uint64_t left = 0;
  std::string event;        // "started", "completed", "stopped" or empty
  std::string site;         // empty: ask for everyone
  std::string own_address;  // on the LAN: the tracker sees the NAT's address only; may be empty
};

struct TrackerAnswer {
  std::chrono::seconds interval{300};
  std::vector<asio::ip::tcp::endpoint> peers;  // at most 200
};

// The URL to GET (BEP 3, 7, 23).
std::string announce_url(const TrackerAnnounce& announce);
// Total; retry_later with the tracker's own words when it refuses, bad_peer when it speaks something else.
Result<TrackerAnswer> parse_tracker_answer(ByteView body);

}  // namespace dunlin
