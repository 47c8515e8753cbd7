// Any bytes as an erofs image: what is found fits the image and decodes. The magic number and the features
// are made right, or random bytes would stop there.
#include "core/base/check.h"
#include "core/expand/erofs_finder.h"
#include "core/expand/expanded_source.h"

namespace dunlin {
namespace {

constexpr std::size_t superblock_offset = 1024;
constexpr std::size_t superblock_end = superblock_offset + 128;
constexpr std::size_t features_offset = superblock_offset + 80;
constexpr std::uint64_t read_max = 4u << 20;

Bytes made_likely(ByteView bytes) {
  Bytes image(bytes.begin(), bytes.end());
  if (image.size() < superblock_end) return image;
  const std::array<std::uint8_t, 4> magic{0xE2, 0xE1, 0xF5, 0xE0};
  std::copy(magic.begin(), magic.end(), image.begin() + superblock_offset);
  image[superblock_offset + 12] = 12;
  image[features_offset] = static_cast<std::uint8_t>((image[features_offset] & 0x7Fu) | 1u);
  std::fill_n(image.begin() + features_offset + 1, 3, std::uint8_t{0});
  return image;
}

void run(ByteView bytes) {
  const MemorySource image(made_likely(bytes));
  const Result<std::vector<FoundRun>> found = find_erofs_files(image, {});
  CHECK(found.has_value());
  ExpandMap map;
  if (!found->empty()) map.layers.push_back(layer_of(*found, image.size()));
  CHECK(check(map, image.size()).has_value());
  const ExpandedSource opened(image, map);
  Bytes plain(static_cast<std::size_t>(std::min(opened.size(), read_max)));
  CHECK(opened.read(0, plain).has_value());
}

}  // namespace
}  // namespace dunlin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dunlin::run({data, size});
  return 0;
}
