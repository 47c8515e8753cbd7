#include "swarm/checkpoint.h"

#include "core/base/log.h"

namespace dunlin {

namespace {

constexpr std::string_view checkpoint_magic = "DLCHECK1";
constexpr std::uint32_t pieces_max = 1u << 26;
constexpr std::uint64_t file_bytes_max = 8 + 32 + 8 + 4 + pieces_max / 8 + 32;

}  // namespace

Bytes encode_checkpoint(const Checkpoint& checkpoint) {
  ByteWriter out;
  out.bytes(as_bytes(checkpoint_magic));
  out.bytes(checkpoint.info_hash.bytes);
  out.u64(checkpoint.content_size);
  out.u32(checkpoint.have.size());
  Bytes bits((checkpoint.have.size() + 7) / 8);
  for (std::uint32_t i = 0; i < checkpoint.have.size(); ++i) {
    if (checkpoint.have.has(i)) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1u << (i % 8)));
  }
  out.bytes(bits);
  out.bytes(sha256(out.written()).bytes);
  return out.take();
}

Result<Checkpoint> parse_checkpoint(ByteView bytes) {
  ByteReader in(bytes);
  const bool known = as_text(in.bytes(checkpoint_magic.size())) == checkpoint_magic;
  Checkpoint checkpoint;
  const ByteView hash = in.bytes(32);
  checkpoint.content_size = in.u64();
  const std::uint32_t count = in.u32();
  if (!in.ok() || !known || count > pieces_max) return fail(ErrorKind::bad_image, "not a checkpoint");
  checkpoint.info_hash = Digest::from_bytes(hash.first<32>());
  const ByteView bits = in.bytes((count + 7) / 8);
  const std::size_t covered = in.position();
  const ByteView sum = in.bytes(32);
  if (!in.ok() || !in.at_end() || sha256(bytes.first(covered)) != Digest::from_bytes(sum.first<32>()))
    return fail(ErrorKind::bad_image, "the checkpoint is damaged");
  checkpoint.have = PieceSet(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if ((bits[i / 8] >> (i % 8)) & 1u) checkpoint.have.insert(i);
  }
  return checkpoint;
}

std::string CheckpointStore::path(const TorrentFile& torrent) const {
  return directory_ + "/" + torrent.info_hash.hex() + ".checkpoint";
}

std::optional<PieceSet> CheckpointStore::load(const TorrentFile& torrent) {
  Result<FileStatus> status = disk_.status(path(torrent));
  if (status && status->kind == FileKind::none) return std::nullopt;
  Result<Bytes> bytes = read_file(disk_, path(torrent), file_bytes_max);
  if (!bytes) {
    log_warning("checkpoint not readable, hashing again",
                {{"torrent", torrent.name}, {"error", bytes.error()}});
    return std::nullopt;
  }
  Result<Checkpoint> checkpoint = parse_checkpoint(*bytes);
  const bool fits = checkpoint && checkpoint->info_hash == torrent.info_hash &&
                    checkpoint->content_size == torrent.size &&
                    checkpoint->have.size() == torrent.piece_count();
  if (fits) return std::move(checkpoint->have);
  log_warning("checkpoint does not fit, hashing again", {{"torrent", torrent.name}});
  return std::nullopt;
}

Result<void> CheckpointStore::save(const TorrentFile& torrent, const PieceSet& have) {
  const Bytes bytes = encode_checkpoint(Checkpoint{torrent.info_hash, torrent.size, have});
  return write_file_atomically(disk_, path(torrent), bytes);
}

Result<void> CheckpointStore::remove(const TorrentFile& torrent) {
  return disk_.remove(path(torrent));
}

}  // namespace dunlin
