// Frames against a base that is the end of the input itself: no crash, no overread, no endless work.
#include "core/delta/difference_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t out_size = std::size_t{data[0]} << 8 | data[1];
  const dunlin::ByteView frame(data + 3, size - 3);
  const dunlin::ByteView tail = frame.last(std::min<std::size_t>(frame.size(), std::size_t{data[2]} * 16));
  const dunlin::MemorySource base(dunlin::Bytes(tail.begin(), tail.end()));
  dunlin::Bytes out(out_size);
  static_cast<void>(dunlin::apply_difference_frame(frame, base, 0, out).has_value());
  return 0;
}
