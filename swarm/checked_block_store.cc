#include "swarm/checked_block_store.h"

#include <fmt/format.h>

namespace dunlin {

bool CheckedBlockStore::is_trusted(std::uint32_t piece) const {
  const SteadyTime checked = checked_[piece];
  return checked != SteadyTime::min() && clock_.steady() - checked <= trusted_for;
}

Result<void> CheckedBlockStore::check(std::uint32_t piece) {
  if (is_trusted(piece)) return {};
  Bytes bytes(torrent_->piece_length(piece));
  Result<void> read = read_exactly(*file_, torrent_->piece_offset(piece), bytes);
  if (!read) return fail(std::move(read.error()), torrent_->name);
  if (!piece_matches(*torrent_, piece, bytes))
    return fail(ErrorKind::bad_image,
                fmt::format("piece {} of {} is not what the torrent says", piece, torrent_->name));
  checked_[piece] = clock_.steady();
  return {};
}

Result<void> CheckedBlockStore::read(std::uint64_t offset, ByteSpan out) {
  if (out.empty()) return {};
  const auto first = static_cast<std::uint32_t>(offset / torrent_->piece_size);
  const auto last = static_cast<std::uint32_t>((offset + out.size() - 1) / torrent_->piece_size);
  for (std::uint32_t piece = first; piece <= last; ++piece) {
    Result<void> checked = check(piece);
    if (!checked) return checked;
  }
  return read_exactly(*file_, offset, out);
}

Result<void> CheckedBlockStore::write(std::uint64_t, ByteView) {
  return fail(ErrorKind::device, torrent_->name + " is served read only");
}

}  // namespace dunlin
