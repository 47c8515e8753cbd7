#include "seeder/tracker_protocol.h"

#include <algorithm>
#include <charconv>

#include "swarm/bencode.h"
#include "swarm/http_url.h"

namespace dunlin {

namespace {

constexpr std::size_t wanted_max = 200;
constexpr std::size_t site_size_max = 64;
constexpr std::size_t endpoints_max = 4;

using Query = std::map<std::string, std::vector<std::string>>;

// Every value of every name; the bytes as they are ('+' is not a space in tracker queries).
Query split(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view pair = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view() : raw.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    query[percent_decode(pair.substr(0, equals), false)].push_back(
        percent_decode(pair.substr(equals + 1), false));
  }
  return query;
}

std::string last_of(const Query& query, const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second.back();
}

template <class Number>
bool read_number(const std::string& text, Number& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

bool is_private(const asio::ip::address& address) {
  if (address.is_v4()) {
    const std::uint32_t bits = address.to_v4().to_uint();
    return bits >> 24 == 10 || bits >> 20 == 0xAC1 || bits >> 16 == 0xC0A8 || bits >> 16 == 0xA9FE;
  }
  return (address.to_v6().to_bytes()[0] & 0xFE) == 0xFC;  // unique local, RFC 4193
}

// A public address named by the client is not believed: it could be a victim's.
std::vector<PeerEndpoint> named_endpoints(const Query& query, std::uint16_t port) {
  std::vector<PeerEndpoint> endpoints;
  for (const std::string name : {"ip", "ipv4", "ipv6"}) {
    const auto found = query.find(name);
    if (found == query.end()) continue;
    for (const std::string& text : found->second) {
      error_code code;
      const asio::ip::address address = asio::ip::make_address(text, code);
      if (code || !is_private(address) || endpoints.size() == endpoints_max) continue;
      endpoints.emplace_back(address, port);
    }
  }
  return endpoints;
}

Result<AnnounceEvent> event_of(const std::string& text) {
  if (text.empty() || text == "empty") return AnnounceEvent::none;
  if (text == "started") return AnnounceEvent::started;
  if (text == "stopped") return AnnounceEvent::stopped;
  if (text == "completed") return AnnounceEvent::completed;
  return fail(ErrorKind::usage, "event must be started, stopped or completed");
}

Result<std::vector<PeerEndpoint>> endpoints_of(const Query& query, const std::string& peer_address) {
  std::uint16_t port = 0;
  if (!read_number(last_of(query, "port"), port) || port == 0)
    return fail(ErrorKind::usage, "port must be a number from 1 to 65535");
  std::vector<PeerEndpoint> endpoints = named_endpoints(query, port);
  if (!endpoints.empty()) return endpoints;
  error_code code;
  const asio::ip::address seen = asio::ip::make_address(peer_address, code);
  if (code)
    return fail(ErrorKind::usage, "the address of the peer is not known; name a private one with ip=");
  endpoints.emplace_back(seen, port);
  return endpoints;
}

std::string compact(const PeerEndpoint& endpoint) {
  std::string out;
  const asio::ip::address address = endpoint.address();
  if (address.is_v4()) {
    for (const unsigned char byte : address.to_v4().to_bytes()) out += static_cast<char>(byte);
  } else {
    for (const unsigned char byte : address.to_v6().to_bytes()) out += static_cast<char>(byte);
  }
  out += static_cast<char>(endpoint.port() >> 8);
  out += static_cast<char>(endpoint.port() & 0xFF);
  return out;
}

}  // namespace

SwarmHash swarm_hash_of(const Digest& info_hash) {
  SwarmHash hash{};
  std::copy_n(info_hash.bytes.begin(), hash.size(), hash.begin());
  return hash;
}

Result<AnnounceRequest> parse_announce(std::string_view raw_query, const std::string& peer_address) {
  const Query query = split(raw_query);
  AnnounceRequest request;
  const std::string hash = last_of(query, "info_hash");
  if (hash.size() != request.info_hash.size()) return fail(ErrorKind::usage, "info_hash must be 20 bytes");
  std::copy(hash.begin(), hash.end(), request.info_hash.begin());
  request.peer_id = last_of(query, "peer_id");
  if (request.peer_id.size() != 20) return fail(ErrorKind::usage, "peer_id must be 20 bytes");
  Result<std::vector<PeerEndpoint>> endpoints = endpoints_of(query, peer_address);
  if (!endpoints) return fail(std::move(endpoints.error()));
  request.endpoints = std::move(*endpoints);
  Result<AnnounceEvent> event = event_of(last_of(query, "event"));
  if (!event) return fail(std::move(event.error()));
  request.event = *event;
  if (query.contains("left") && !read_number(last_of(query, "left"), request.left))
    return fail(ErrorKind::usage, "left must be a number of bytes");
  if (query.contains("numwant")) {
    std::int64_t wanted = 0;  // clients send -1 for "as you like"
    if (!read_number(last_of(query, "numwant"), wanted))
      return fail(ErrorKind::usage, "numwant must be a number");
    if (wanted >= 0) request.wanted = std::min(static_cast<std::size_t>(wanted), wanted_max);
  }
  if (query.contains("site")) {
    request.site = last_of(query, "site");
    if (request.site->size() > site_size_max)
      return fail(ErrorKind::usage, "site must have at most 64 bytes");
  }
  return request;
}

std::string format_answer(const AnnounceAnswer& answer) {
  std::string v4, v6;
  for (const PeerEndpoint& peer : answer.peers) (peer.address().is_v4() ? v4 : v6) += compact(peer);
  const auto interval = static_cast<std::uint64_t>(answer.interval.count());
  BencodeWriter out;  // keys in byte order, as bencoding demands
  out.open_dictionary().text("complete").integer(answer.seeds).text("incomplete").integer(answer.leeches);
  out.text("interval")
      .integer(interval)
      .text("min interval")
      .integer(std::max<std::uint64_t>(1, interval / 2));
  out.text("peers").text(v4).text("peers6").text(v6).close();
  return out.written();
}

std::string format_failure(std::string_view reason) {
  BencodeWriter out;
  return out.open_dictionary().text("failure reason").text(reason).close().written();
}

}  // namespace dunlin
