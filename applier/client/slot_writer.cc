#include "applier/client/slot_writer.h"

#include <cstring>

namespace dunlin {

namespace {

constexpr std::uint64_t block_size = 4096;
constexpr std::size_t window_size = 1u << 20;  // bounds memory, whatever the segment size

// End of the run of bytes from `start` that lie in the same 4 KiB block of the slot.
std::size_t block_end(std::uint64_t offset, std::size_t start, std::size_t size) {
  const std::uint64_t position = offset + start;
  const std::uint64_t next = (position / block_size + 1) * block_size;
  return static_cast<std::size_t>(std::min<std::uint64_t>(size, next - offset));
}

}  // namespace

Result<void> SlotWriter::write(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ByteView window = bytes.first(std::min(bytes.size(), window_size));
    Result<void> done = write_window(offset, window);
    if (!done) return done;
    offset += window.size();
    bytes = bytes.subspan(window.size());
  }
  return {};
}

Result<void> SlotWriter::write_window(std::uint64_t offset, ByteView bytes) {
  present_.resize(bytes.size());
  Result<std::size_t> present = slot_.read_at(offset, present_);
  if (!present) return fail(std::move(present.error()));
  compared_bytes_ += bytes.size();
  std::size_t run_start = 0;  // blocks [run_start, start) differ and are not yet written
  for (std::size_t start = 0; start < bytes.size();) {
    const std::size_t end = block_end(offset, start, bytes.size());
    const bool same = end <= *present && std::memcmp(&bytes[start], &present_[start], end - start) == 0;
    if (same) {
      Result<void> written = write_run(offset + run_start, bytes.subspan(run_start, start - run_start));
      if (!written) return written;
      run_start = end;
    }
    start = end;
  }
  return write_run(offset + run_start, bytes.subspan(run_start));
}

Result<void> SlotWriter::write_run(std::uint64_t offset, ByteView bytes) {
  if (bytes.empty()) return {};
  Result<void> written = slot_.write_at(offset, bytes);
  if (written) written_bytes_ += bytes.size();
  return written;
}

}  // namespace dunlin
