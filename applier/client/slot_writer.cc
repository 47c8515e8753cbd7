#include "applier/client/slot_writer.h"

#include <cstring>
#include <fcntl.h>

namespace dunlin {

namespace {

constexpr std::uint64_t block_size = 4096;
constexpr std::size_t window_size = 1u << 20;  // bounds memory, whatever the segment size
constexpr std::uint64_t look_ahead_size = 4u << 20;

// End of the run of bytes from `start` that lie in the same 4 KiB block of the slot.
std::size_t block_end(std::uint64_t offset, std::size_t start, std::size_t size) {
  const std::uint64_t position = offset + start;
  const std::uint64_t next = (position / block_size + 1) * block_size;
  return static_cast<std::size_t>(std::min<std::uint64_t>(size, next - offset));
}

}  // namespace

// What is compared next is read from the medium while this is at work. Only where writes follow each other:
// around single pieces nothing else is needed.
void SlotWriter::look_ahead(std::uint64_t offset) {
  if (slot_.descriptor() < 0) return;
  const std::uint64_t end = offset + look_ahead_size;
  if (offset != next_offset_ || looked_until_ < offset || looked_until_ > end) looked_until_ = offset;
  if (offset != next_offset_ || end - looked_until_ < look_ahead_size / 2) return;
  ::posix_fadvise(slot_.descriptor(), static_cast<off_t>(looked_until_),
                  static_cast<off_t>(end - looked_until_), POSIX_FADV_WILLNEED);
  looked_until_ = end;
}

// Gives the medium something to do before the next sync, which is where a failure shows. Not the block that
// the next write may go on in: it would be written twice.
void SlotWriter::start_writing(std::uint64_t begin, std::uint64_t end) {
  begin -= begin % block_size;
  end -= end % block_size;
  if (begin >= end || slot_.descriptor() < 0) return;
  ::sync_file_range(slot_.descriptor(), static_cast<off_t>(begin), static_cast<off_t>(end - begin),
                    SYNC_FILE_RANGE_WRITE);
}

Result<void> SlotWriter::write(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    look_ahead(offset);
    const ByteView window = bytes.first(std::min(bytes.size(), window_size));
    Result<void> done = write_window(offset, window);
    if (!done) return done;
    offset += window.size();
    next_offset_ = offset;
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
  if (!written) return written;
  written_bytes_ += bytes.size();
  start_writing(offset, offset + bytes.size());
  return {};
}

}  // namespace dunlin
