#include "swarm/torrent_file.h"

#include <bit>

#include "swarm/bencode.h"
#include "swarm/merkle.h"

namespace dunlin {

namespace {

constexpr std::uint64_t size_max = std::uint64_t{1} << 42;
constexpr std::uint32_t piece_size_min = 16 * 1024;
constexpr std::uint32_t piece_size_max = 16 * 1024 * 1024;
// Each device of a site reads 32 bytes for each piece over the WAN.
constexpr std::uint64_t pieces_wanted = 512;
constexpr std::size_t name_bytes_max = 255;

using Kind = Bencode::Kind;

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '/'; });
}

std::size_t blocks_in_tree(std::uint64_t size, std::uint32_t piece_size) {
  if (size > piece_size) return piece_size / merkle_block_bytes;
  return power_of_two_from((size + merkle_block_bytes - 1) / merkle_block_bytes);
}

Digest root_of_layer(const std::vector<Digest>& layer, std::uint32_t piece_size) {
  if (layer.size() == 1) return layer.front();
  return merkle_root(layer, power_of_two_from(layer.size()), merkle_filler(piece_size / merkle_block_bytes));
}

tl::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorKind::bad_image, "torrent refused: " + std::string(what));
}

Result<void> read_file_entry(const Bencode& info, TorrentFile& torrent) {
  const Bencode* tree = info.find("file tree", Kind::dictionary);
  if (!tree || tree->dictionary.size() != 1) return wrong("it does not hold exactly one file");
  const auto& [name, node] = tree->dictionary.front();
  if (!is_plain_name(name)) return wrong("its file has no plain name");
  if (node.kind != Kind::dictionary || node.dictionary.size() != 1)
    return wrong("it holds a folder instead of one file");
  const Bencode* entry = node.find("", Kind::dictionary);
  if (!entry) return wrong("it holds a folder instead of one file");
  const Bencode* length = entry->find("length", Kind::integer);
  const Bencode* root = entry->find("pieces root", Kind::text);
  if (!length || length->integer <= 0 || static_cast<std::uint64_t>(length->integer) > size_max)
    return wrong("its file is empty or has an impossible size");
  if (!root || root->text.size() != 32) return wrong("its file has no merkle root");
  torrent.name = name;
  torrent.size = static_cast<std::uint64_t>(length->integer);
  torrent.root = Digest::from_bytes(as_bytes(root->text).first<32>());
  return {};
}

Result<void> read_info(const Bencode& info, TorrentFile& torrent) {
  const Bencode* version = info.find("meta version", Kind::integer);
  if (!version || version->integer != 2) return wrong("it is not a BitTorrent v2 torrent");
  if (info.find("pieces", Kind::text) || info.find("length", Kind::integer) || info.find("files", Kind::list))
    return wrong("it is a hybrid of v1 and v2; only v2 is used");
  const Bencode* piece_size = info.find("piece length", Kind::integer);
  if (!piece_size || piece_size->integer < piece_size_min || piece_size->integer > piece_size_max ||
      !std::has_single_bit(static_cast<std::uint64_t>(piece_size->integer)))
    return wrong("its piece length is not a power of two from 16 KiB to 16 MiB");
  torrent.piece_size = static_cast<std::uint32_t>(piece_size->integer);
  const Bencode* name = info.find("name", Kind::text);
  if (!name || !is_plain_name(name->text)) return wrong("it has no plain name");
  return read_file_entry(info, torrent);
}

Result<void> read_layer(const Bencode& whole, TorrentFile& torrent) {
  const std::uint64_t count = (torrent.size + torrent.piece_size - 1) / torrent.piece_size;
  if (count == 1) {
    torrent.piece_layer = {torrent.root};
    return {};
  }
  const Bencode* layers = whole.find("piece layers", Kind::dictionary);
  const Bencode* layer = layers ? layers->find(as_text(torrent.root.bytes), Kind::text) : nullptr;
  if (!layer || layers->dictionary.size() != 1) return wrong("its piece hashes are missing");
  if (layer->text.size() != count * 32) return wrong("its number of piece hashes does not fit its size");
  const ByteView hashes = as_bytes(layer->text);
  torrent.piece_layer.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    torrent.piece_layer.push_back(Digest::from_bytes(hashes.subspan(i * 32).first<32>()));
  if (root_of_layer(torrent.piece_layer, torrent.piece_size) != torrent.root)
    return wrong("its piece hashes do not match its merkle root");
  return {};
}

void read_trackers(const Bencode& whole, TorrentFile& torrent) {
  if (const Bencode* announce = whole.find("announce", Kind::text))
    torrent.trackers.emplace_back(announce->text);
  const Bencode* tiers = whole.find("announce-list", Kind::list);
  if (!tiers) return;
  for (const Bencode& tier : tiers->list) {
    for (const Bencode& url : tier.list) {
      const bool known =
          std::find(torrent.trackers.begin(), torrent.trackers.end(), url.text) != torrent.trackers.end();
      if (url.kind == Kind::text && !known) torrent.trackers.emplace_back(url.text);
    }
  }
}

std::string encode_info(const TorrentFile& torrent) {
  BencodeWriter out;
  out.open_dictionary();
  out.text("file tree").open_dictionary().text(torrent.name).open_dictionary().text("").open_dictionary();
  out.text("length").integer(torrent.size);
  out.text("pieces root").text(as_text(torrent.root.bytes));
  out.close().close().close();
  out.text("meta version").integer(2);
  out.text("name").text(torrent.name);
  out.text("piece length").integer(torrent.piece_size);
  out.close();
  return out.written();
}

void encode_trackers(BencodeWriter& out, const std::vector<std::string>& trackers) {
  if (trackers.empty()) return;
  out.text("announce").text(trackers.front());
  if (trackers.size() == 1) return;
  out.text("announce-list").open_list();
  for (const std::string& url : trackers) out.open_list().text(url).close();
  out.close();
}

Result<std::vector<Digest>> hash_pieces(const ByteSource& content, std::uint32_t piece_size) {
  const std::uint64_t size = content.size();
  const std::size_t blocks = blocks_in_tree(size, piece_size);
  std::vector<Digest> layer;
  Bytes buffer;
  for (std::uint64_t at = 0; at < size; at += piece_size) {
    buffer.resize(std::min<std::uint64_t>(piece_size, size - at));
    Result<void> read = content.read(at, buffer);
    if (!read) return fail(std::move(read.error()), "hashing content for a torrent");
    layer.push_back(merkle_root_of(buffer, blocks));
  }
  return layer;
}

}  // namespace

std::uint32_t TorrentFile::piece_length(std::uint32_t piece) const {
  const std::uint64_t left = size - piece_offset(piece);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(left, piece_size));
}

std::uint32_t piece_size_for(std::uint64_t content_size) {
  std::uint32_t piece_size = 64 * 1024;
  while (piece_size < 1024 * 1024 && content_size / piece_size > pieces_wanted) piece_size *= 2;
  return piece_size;
}

Result<TorrentFile> parse_torrent(ByteView bytes) {
  Result<Bencode> whole = parse_bencode(bytes);
  if (!whole) return wrong(whole.error().message);
  const Bencode* info = whole->find("info", Kind::dictionary);
  if (!info) return wrong("it has no info dictionary");
  TorrentFile torrent;
  Result<void> done = read_info(*info, torrent);
  if (!done) return fail(std::move(done.error()));
  done = read_layer(*whole, torrent);
  if (!done) return fail(std::move(done.error()));
  read_trackers(*whole, torrent);
  torrent.info = to_bytes(info->raw);
  torrent.info_hash = sha256(torrent.info);
  return torrent;
}

Bytes encode_torrent(const TorrentFile& torrent) {
  BencodeWriter out;
  out.open_dictionary();
  encode_trackers(out, torrent.trackers);
  out.text("info").raw(as_text(torrent.info));
  out.text("piece layers").open_dictionary();
  if (torrent.piece_layer.size() > 1) {
    std::string layer;
    layer.reserve(torrent.piece_layer.size() * 32);
    for (const Digest& hash : torrent.piece_layer) layer += as_text(hash.bytes);
    out.text(as_text(torrent.root.bytes)).text(layer);
  }
  out.close().close();
  return to_bytes(out.written());
}

Result<Bytes> make_torrent(const ByteSource& content, const std::string& name,
                           const std::vector<std::string>& trackers) {
  if (content.size() == 0 || content.size() > size_max)
    return fail(ErrorKind::usage, "a torrent needs content of 1 byte to 4 TiB");
  if (!is_plain_name(name)) return fail(ErrorKind::usage, "'" + name + "' is not a plain file name");
  TorrentFile torrent;
  torrent.name = name;
  torrent.size = content.size();
  torrent.piece_size = piece_size_for(content.size());
  torrent.trackers = trackers;
  Result<std::vector<Digest>> layer = hash_pieces(content, torrent.piece_size);
  if (!layer) return fail(std::move(layer.error()));
  torrent.piece_layer = std::move(*layer);
  torrent.root = root_of_layer(torrent.piece_layer, torrent.piece_size);
  torrent.info = to_bytes(encode_info(torrent));
  return encode_torrent(torrent);
}

std::string image_torrent_name(const Digest& image) {
  return image.hex() + ".image";
}

Digest piece_hash(const TorrentFile& torrent, ByteView bytes) {
  return merkle_root_of(bytes, blocks_in_tree(torrent.size, torrent.piece_size));
}

bool piece_matches(const TorrentFile& torrent, std::uint32_t piece, ByteView bytes) {
  if (piece >= torrent.piece_count() || bytes.size() != torrent.piece_length(piece)) return false;
  return piece_hash(torrent, bytes) == torrent.piece_layer[piece];
}

}  // namespace dunlin
