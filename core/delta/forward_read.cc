#include "core/delta/forward_read.h"

#include <algorithm>

namespace dunlin {

Result<void> read_forward(const ByteSource& source, std::vector<WantedCopy> copies, ByteSpan buffer) {
  std::ranges::stable_sort(copies, {}, &WantedCopy::offset);
  WantedCopy last;  // of what has been read, the copy that ends last
  for (const WantedCopy& copy : copies) {
    const ByteSpan place = buffer.subspan(copy.place, copy.length);
    const std::uint64_t read_end = last.offset + last.length;
    const std::size_t known =
        read_end <= copy.offset
            ? 0
            : static_cast<std::size_t>(std::min<std::uint64_t>(read_end - copy.offset, copy.length));
    const std::size_t from = last.place + static_cast<std::size_t>(copy.offset - last.offset);
    if (known > 0) std::ranges::copy(buffer.subspan(from, known), place.begin());
    if (known == copy.length) continue;
    Result<void> read = source.read(copy.offset + known, place.subspan(known));
    if (!read) return read;
    last = copy;
  }
  return {};
}

}  // namespace dunlin
