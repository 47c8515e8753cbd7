#include "node/slot_block_store.h"

namespace dunlin {

Result<void> SlotBlockStore::read(std::uint64_t offset, ByteSpan out) {
  Result<std::size_t> count = slot_->read_at(offset, out);
  if (!count) return fail(std::move(count.error()), "reading the spare slot");
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(*count), out.end(), std::uint8_t{0});
  return {};
}

Result<void> SlotBlockStore::write(std::uint64_t offset, ByteView bytes) {
  Result<void> written = writer_.write(offset, bytes);
  if (!written) return fail(std::move(written.error()), "writing the spare slot");
  compared_ = writer_.compared_bytes();
  written_ = writer_.written_bytes();
  if (writer_.written_bytes() - synced_ < unsynced_bytes_max) return {};
  return sync();
}

Result<void> SlotBlockStore::sync() {
  Result<void> synced = writer_.sync();
  if (!synced) return fail(std::move(synced.error()), "syncing the spare slot");
  synced_ = writer_.written_bytes();
  return {};
}

}  // namespace dunlin
