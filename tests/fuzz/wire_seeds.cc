#include "tests/fuzz/wire_seeds.h"

#include "applier/client/protocol.h"
#include "applier/client/slot_write.h"
#include "core/base/byte_source.h"
#include "seeder/tracker_protocol.h"
#include "swarm/beacon.h"
#include "swarm/torrent_file.h"
#include "tests/core/trust/sample_manifest.h"

namespace dunlin {

namespace {

Bytes after(std::uint8_t first, std::string_view text) {
  Bytes bytes{first};
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

bool write_applier_messages(SeedFolder& folder) {
  ApplierStatus status;
  status.product = "edge";
  status.slots = {{"a", true, "confirmed", "1", sha256(as_bytes("x")), 17, 4096}};
  status.trial = TrialReport{"2", "failed", "self-test 20-app failed"};
  DoneReply done;
  done.status = status;
  const Request begin{Operation::begin_install, {{"root"}, "ts", "sn", "tg", "manifest", "rootfs", true}};
  const std::string frame("\x03\0\0\0{}\n\x02\0\0\0W1", 13);
  return folder.write("applier_protocol", "begin", after(0, encode(begin))) &&
         folder.write("applier_protocol", "open", after(0, encode(Request{Operation::open_slot, {}, "b"}))) &&
         folder.write("applier_protocol", "self_tests",
                      after(0, encode(Request{Operation::open_self_tests, {}, {}, 1}))) &&
         folder.write("applier_protocol", "write", after(0, encode_slot_write(4096, as_bytes("bytes")))) &&
         folder.write("applier_protocol", "status", after(0, encode(Reply(done)))) &&
         folder.write("applier_protocol", "progress", after(0, encode(Reply(ProgressReply{1, 2})))) &&
         folder.write("applier_protocol", "error",
                      after(0, encode(Reply(Error{ErrorKind::usage, {}, "no"})))) &&
         folder.write("applier_protocol", "stream", after(3, frame));
}

bool write_beacons(SeedFolder& folder) {
  Beacon beacon;
  beacon.instance = 7;
  beacon.device_id = "device-1";
  beacon.site = "lab";
  beacon.listen_port = 7712;
  beacon.torrents = {{1, 2, 3, 0, true, true, false, false, {{0, 4}}}, {5, 6, 0, 0, false, false, true}};
  Bytes bytes = encode_beacon(beacon);
  bytes.resize(bytes.size() - 4);  // the target puts the sum behind it
  return folder.write("beacon", "two-torrents", bytes);
}

bool write_torrents(SeedFolder& folder) {
  const Result<Bytes> torrent =
      make_torrent(MemorySource(Bytes(100'000, 7)), "pack", {"https://seeder.example/announce"});
  return torrent && folder.write("torrent", "of-a-pack", *torrent);
}

bool write_tracker_words(SeedFolder& folder) {
  AnnounceAnswer answer;
  answer.peers = {{asio::ip::make_address("192.0.2.1"), 7712}, {asio::ip::make_address("2001:db8::1"), 1}};
  const std::string query =
      "info_hash=%00aaaaaaaaaaaaaaaaaaa&peer_id=-DL0100-aaaaaaaaaaaa&port=7712&uploaded=0&downloaded=0&left=9"
      "&event=started&numwant=50&compact=1&site=lab&ip=10.0.0.7";
  return folder.write("tracker", "announce", after(0, query)) &&
         folder.write("tracker", "answer", after(1, format_answer(answer))) &&
         folder.write("tracker", "failure", after(1, format_failure("no")));
}

bool write_http_words(SeedFolder& folder) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n";
  const std::string partial =
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 0-3/9\r\n\r\nbody";
  const std::string moved =
      "HTTP/1.1 302 Found\r\nLocation: ../b?c=1#d\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n\r\n";
  return folder.write("http", "chunked", after(40, chunked)) &&
         folder.write("http", "part", after(8, partial)) &&
         folder.write("http", "moved", after(254, moved)) &&
         folder.write("http", "url", after(1, "https://[2001:db8::1]:8443/a/b%20c?d=e+f&g")) &&
         folder.write("http", "range", after(1, "bytes=5-9")) &&
         folder.write("http", "content-range", after(1, "bytes 5-9/*"));
}

}  // namespace

bool write_wire_seeds(SeedFolder& folder) {
  return write_applier_messages(folder) && write_beacons(folder) && write_torrents(folder) &&
         write_tracker_words(folder) && write_http_words(folder) &&
         folder.write("manifest", "sample", as_bytes(to_json(sample_manifest("1.2.3"))));
}

}  // namespace dunlin
