// Any bytes as a squashfs image: what the finder says must fit the image and decode.
#include "core/base/check.h"
#include "core/expand/expanded_source.h"
#include "core/expand/squashfs_finder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const MemorySource image(Bytes(data, data + size));
  const Result<std::vector<FoundRun>> found = find_squashfs_blocks(image, {});
  CHECK(found.has_value());
  const ExpandMap map{{layer_of(*found, size)}};
  CHECK(check(map, size).has_value());
  const ExpandedSource expanded(image, map);
  Bytes part(64u << 10);
  for (std::uint64_t at = 0; at < expanded.size(); at += part.size()) {
    const std::uint64_t left = expanded.size() - at;
    CHECK(expanded.read(at, ByteSpan(part).first(std::min<std::uint64_t>(left, part.size()))).has_value());
  }
  return 0;
}
