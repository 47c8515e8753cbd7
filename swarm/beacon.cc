#include "swarm/beacon.h"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::string_view magic = "DLB3";
constexpr std::size_t sum_bytes = 4;
constexpr std::uint32_t lease_pieces_max = 0xffff;
constexpr std::uint32_t never = 0xffffffff;

enum DeviceFlag : std::uint8_t { may_use_wan_flag = 1, leaving_flag = 2, direct_flag = 4, asks_wan_flag = 8 };
enum TorrentFlag : std::uint8_t {
  leads_flag = 1,
  can_lead_flag = 2,
  complete_flag = 4,
  own_uplink_flag = 8,
  reluctant_flag = 16
};

constexpr std::chrono::milliseconds tenth{100};

void put_text(ByteWriter& out, const std::string& text) {
  const std::string_view cut = std::string_view(text).substr(0, beacon_text_bytes_max);
  out.u8(static_cast<std::uint8_t>(cut.size()));
  out.bytes(as_bytes(cut));
}

// False when it is too long or has control characters: it ends up in logs and status pages.
bool get_text(ByteReader& in, std::string& text) {
  const std::uint8_t size = in.u8();
  if (size > beacon_text_bytes_max) return false;
  text = as_text(in.bytes(size));
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::uint8_t device_flags(const Beacon& beacon) {
  return static_cast<std::uint8_t>((beacon.may_use_wan ? may_use_wan_flag : 0) |
                                   (beacon.leaving ? leaving_flag : 0) | (beacon.direct ? direct_flag : 0) |
                                   (beacon.mirror.asks_wan ? asks_wan_flag : 0));
}

bool set_device_flags(std::uint8_t flags, Beacon& beacon) {
  beacon.may_use_wan = (flags & may_use_wan_flag) != 0;
  beacon.leaving = (flags & leaving_flag) != 0;
  beacon.direct = (flags & direct_flag) != 0;
  beacon.mirror.asks_wan = (flags & asks_wan_flag) != 0;
  return flags <= (may_use_wan_flag | leaving_flag | direct_flag | asks_wan_flag);
}

void put_mirror(ByteWriter& out, const MirrorNews& mirror) {
  out.u16(mirror.port);
  out.u64(mirror.version);
  out.u16(mirror.stock);
  out.u32(mirror.wan_age ? mirror.wan_age->count() : never);
}

void get_mirror(ByteReader& in, MirrorNews& mirror) {
  mirror.port = in.u16();
  mirror.version = in.u64();
  mirror.stock = in.u16();
  const std::uint32_t age = in.u32();
  if (age != never) mirror.wan_age = BeaconAge::value_type(age);
}

// `room`: how many more leases this beacon can take.
void put_torrent(ByteWriter& out, const BeaconTorrent& torrent, std::size_t& room) {
  out.u64(torrent.content);
  out.u64(torrent.progress);
  out.u32(torrent.term);
  out.u8(torrent.give_ways);
  out.u8(static_cast<std::uint8_t>((torrent.leads ? leads_flag : 0) | (torrent.can_lead ? can_lead_flag : 0) |
                                   (torrent.complete ? complete_flag : 0) |
                                   (torrent.own_uplink ? own_uplink_flag : 0) |
                                   (torrent.reluctant ? reluctant_flag : 0)));
  const std::size_t count = std::min(torrent.leases.size(), room);
  room -= count;
  out.u8(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const FetchRun& run = torrent.leases[i];
    out.u32(run.first);
    out.u16(static_cast<std::uint16_t>(std::min(run.count, lease_pieces_max)));
  }
}

bool get_leases(ByteReader& in, std::vector<FetchRun>& leases, std::size_t& room) {
  const std::uint8_t count = in.u8();
  if (count > room) return false;
  room -= count;
  for (std::uint8_t i = 0; i < count; ++i) {
    const std::uint32_t first = in.u32();
    leases.push_back(FetchRun{first, in.u16()});
  }
  return true;
}

bool get_torrent(ByteReader& in, BeaconTorrent& torrent, std::size_t& room) {
  torrent.content = in.u64();
  torrent.progress = in.u64();
  torrent.term = in.u32();
  torrent.give_ways = in.u8();
  const std::uint8_t flags = in.u8();
  torrent.leads = (flags & leads_flag) != 0;
  torrent.can_lead = (flags & can_lead_flag) != 0;
  torrent.complete = (flags & complete_flag) != 0;
  torrent.own_uplink = (flags & own_uplink_flag) != 0;
  torrent.reluctant = (flags & reluctant_flag) != 0;
  return get_leases(in, torrent.leases, room) && in.ok() &&
         flags <= (leads_flag | can_lead_flag | complete_flag | own_uplink_flag | reluctant_flag);
}

}  // namespace

Bytes encode_beacon(const Beacon& beacon) {
  ByteWriter out;
  out.bytes(as_bytes(magic));
  out.u64(beacon.instance);
  out.u16(beacon.listen_port);
  out.u8(device_flags(beacon));
  out.u16(static_cast<std::uint16_t>(std::clamp<std::int64_t>(beacon.alive_for / tenth, 0, 0xffff)));
  put_text(out, beacon.device_id);
  put_text(out, beacon.site);
  put_mirror(out, beacon.mirror);
  const std::size_t count = std::min(beacon.torrents.size(), beacon_torrents_max);
  out.u8(static_cast<std::uint8_t>(count));
  std::size_t room = beacon_leases_max;
  for (std::size_t i = 0; i < count; ++i) put_torrent(out, beacon.torrents[i], room);
  out.bytes(ByteView(sha256(out.written()).bytes).first(sum_bytes));
  return out.take();
}

Result<Beacon> parse_beacon(ByteView bytes) {
  const auto wrong = [] { return fail(ErrorKind::bad_peer, "not a beacon"); };
  if (bytes.size() > beacon_bytes_max || bytes.size() < sum_bytes) return wrong();
  const ByteView covered = bytes.first(bytes.size() - sum_bytes);
  const ByteView sum = bytes.last(sum_bytes);
  const Digest wanted = sha256(covered);
  if (!std::equal(sum.begin(), sum.end(), wanted.bytes.begin())) return wrong();

  ByteReader in(covered);
  Beacon beacon;
  if (as_text(in.bytes(magic.size())) != magic) return wrong();
  beacon.instance = in.u64();
  beacon.listen_port = in.u16();
  if (!set_device_flags(in.u8(), beacon)) return wrong();
  beacon.alive_for = tenth * in.u16();
  if (!get_text(in, beacon.device_id) || !get_text(in, beacon.site)) return wrong();
  get_mirror(in, beacon.mirror);
  const std::uint8_t count = in.u8();
  if (count > beacon_torrents_max) return wrong();
  std::size_t room = beacon_leases_max;
  for (std::uint8_t i = 0; i < count; ++i) {
    BeaconTorrent torrent;
    if (!get_torrent(in, torrent, room)) return wrong();
    beacon.torrents.push_back(torrent);
  }
  if (!in.ok() || !in.at_end() || beacon.device_id.empty()) return wrong();
  return beacon;
}

}  // namespace dunlin
