// Any bytes as a frame of each format: what is measured must decode again to just that.
#include "core/base/check.h"
#include "core/expand/expanded_source.h"
#include "core/expand/frame_measure.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  constexpr std::uint64_t plain_max = 16u << 20;
  const MemorySource space(Bytes(data, data + size));
  for (const FrameFormat format :
       {FrameFormat::zstd, FrameFormat::lz4_legacy, FrameFormat::gzip, FrameFormat::xz}) {
    DecodeBudget budget{plain_max};
    const Result<std::optional<FoundRun>> run = measure_frame(space, 0, format, plain_max, budget);
    CHECK(run.has_value());
    if (!*run || (*run)->plain_length == 0) continue;
    const ExpandMap map{{layer_of({**run}, size)}};
    CHECK(check(map, size).has_value());
    const ExpandedSource expanded(space, map);
    Bytes plain(expanded.size());
    CHECK(expanded.read(0, plain).has_value());
  }
  return 0;
}
