// Any bytes as bencoding and as a .torrent file. What is taken has as many pieces as its size says, and is
// the same torrent when it is written and read again.
#include "core/base/check.h"
#include "swarm/bencode.h"
#include "swarm/torrent_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const ByteView bytes(data, size);
  const Result<Bencode> value = parse_bencode(bytes);
  if (value) CHECK(value->raw.size() == size);
  const Result<TorrentFile> torrent = parse_torrent(bytes);
  if (!torrent) return 0;
  CHECK(value.has_value() && torrent->size > 0 && torrent->piece_count() > 0);
  const std::uint32_t last = torrent->piece_count() - 1;
  CHECK(torrent->piece_offset(last) + torrent->piece_length(last) == torrent->size);
  const Result<TorrentFile> again = parse_torrent(encode_torrent(*torrent));
  CHECK(again && again->info_hash == torrent->info_hash && again->piece_layer == torrent->piece_layer);
  return 0;
}
