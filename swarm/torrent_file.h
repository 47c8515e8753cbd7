#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/byte_source.h"

namespace dunlin {

// A BitTorrent v2 .torrent of exactly one file (BEP 52), reduced to what we use. Pieces are equal but for the
// last.
struct TorrentFile {
  std::string name;
  std::uint64_t size = 0;           // bytes of content, at least 1
  std::uint32_t piece_size = 0;     // power of two, 16 KiB..16 MiB
  Digest info_hash;                 // SHA-256 of the info dictionary: the torrent's name in the swarm
  Digest root;                      // merkle root of the content
  std::vector<Digest> piece_layer;  // one per piece; for a single piece its root
  Bytes info;                       // the info dictionary as it stands in the file
  std::vector<std::string> trackers;

  std::uint32_t piece_count() const { return static_cast<std::uint32_t>(piece_layer.size()); }
  std::uint64_t piece_offset(std::uint32_t piece) const { return std::uint64_t{piece} * piece_size; }
  // Bytes of content in `piece`; the last piece may be shorter than piece_size.
  std::uint32_t piece_length(std::uint32_t piece) const;
};

// Total: any bytes give a TorrentFile whose layers match its root, or bad_image with what is wrong. v1 and
// hybrid torrents, several files, empty files, paths in names and sizes over 2^42 are refused.
Result<TorrentFile> parse_torrent(ByteView bytes);

// The .torrent again: parse_torrent(encode_torrent(t)) is t.
Bytes encode_torrent(const TorrentFile& torrent);

// The same content, name and piece size always give the same bytes; `trackers` do not change the info hash.
// Reads all of `content` once, in bounded parts. usage: empty content or a name with '/'.
Result<Bytes> make_torrent(const ByteSource& content, const std::string& name,
                           const std::vector<std::string>& trackers);

// The name in every torrent of an image's raw bytes. Whoever has the image makes the same torrent of it, so
// the same info hash, without asking anybody.
std::string image_torrent_name(const Digest& image);

// True when `bytes`, all of piece `piece`, have the hash that the torrent says.
bool piece_matches(const TorrentFile& torrent, std::uint32_t piece, ByteView bytes);

// The merkle hash of `bytes` as a piece of `torrent`.
Digest piece_hash(const TorrentFile& torrent, ByteView bytes);

// 64 KiB for small contents up to 1 MiB for large ones.
std::uint32_t piece_size_for(std::uint64_t content_size);

}  // namespace dunlin
