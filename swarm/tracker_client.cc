#include "swarm/tracker_client.h"

#include <algorithm>

#include "swarm/bencode.h"

namespace dunlin {

namespace {

constexpr std::size_t peers_max = 200;

std::string percent_encoded(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' ||
                       byte == '~';
    if (plain)
      out += static_cast<char>(byte);
    else
      out += "%" + to_hex(ByteView(&byte, 1));
  }
  return out;
}

template <class Address>
void add_compact(const Bencode& answer, std::string_view key, std::vector<asio::ip::tcp::endpoint>& peers) {
  const Bencode* text = answer.find(key, Bencode::Kind::text);
  if (!text) return;
  typename Address::bytes_type address;
  const std::size_t entry = address.size() + 2;
  const ByteView bytes = as_bytes(text->text);
  for (std::size_t at = 0; at + entry <= bytes.size() && peers.size() < peers_max; at += entry) {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), address.size(), address.begin());
    const auto port =
        static_cast<std::uint16_t>(bytes[at + address.size()] << 8 | bytes[at + address.size() + 1]);
    if (port != 0) peers.emplace_back(Address(address), port);
  }
}

}  // namespace

std::string announce_url(const TrackerAnnounce& announce) {
  std::string url = announce.url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "info_hash=" + percent_encoded(ByteView(announce.info_hash.bytes).first(20));
  url += "&peer_id=" + percent_encoded(as_bytes(announce.peer_id));
  url += "&port=" + std::to_string(announce.port);
  url += "&uploaded=" + std::to_string(announce.uploaded);
  url += "&downloaded=" + std::to_string(announce.downloaded);
  url += "&left=" + std::to_string(announce.left) + "&compact=1";
  if (!announce.event.empty()) url += "&event=" + announce.event;
  if (!announce.site.empty()) url += "&site=" + percent_encoded(as_bytes(announce.site));
  if (!announce.own_address.empty()) url += "&ip=" + percent_encoded(as_bytes(announce.own_address));
  return url;
}

Result<TrackerAnswer> parse_tracker_answer(ByteView body) {
  Result<Bencode> answer = parse_bencode(body);
  if (!answer || answer->kind != Bencode::Kind::dictionary)
    return fail(ErrorKind::bad_peer, "the tracker's answer is not a tracker's answer");
  if (const Bencode* reason = answer->find("failure reason", Bencode::Kind::text))
    return fail(ErrorKind::retry_later, "the tracker refuses: " + std::string(reason->text.substr(0, 200)));
  TrackerAnswer out;
  if (const Bencode* interval = answer->find("interval", Bencode::Kind::integer))
    out.interval = std::chrono::seconds(std::clamp<std::int64_t>(interval->integer, 15, 3600));
  add_compact<asio::ip::address_v4>(*answer, "peers", out.peers);
  add_compact<asio::ip::address_v6>(*answer, "peers6", out.peers);
  return out;
}

}  // namespace dunlin
