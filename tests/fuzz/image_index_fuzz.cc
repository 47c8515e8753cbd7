// Any bytes as an image index: what is accepted lies without gaps and is written again as something that
// reads the same.
#include "core/base/check.h"
#include "core/content/image_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  const Result<ImageIndex> index = ImageIndex::parse(ByteView(data, size));
  if (!index) return 0;
  std::uint64_t end = 0;
  for (const Chunk& chunk : index->chunks()) {
    CHECK(chunk.offset == end && chunk.length > 0);
    CHECK(index->find(chunk.digest) != nullptr);
    end += chunk.length;
  }
  CHECK(end == index->image_size());
  const Result<ImageIndex> again = ImageIndex::parse(index->serialise());
  CHECK(again && again->chunks() == index->chunks() && again->options() == index->options());
  return 0;
}
