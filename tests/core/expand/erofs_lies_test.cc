// Images that are damaged or lie about themselves: whatever is found fits the image and decodes.
#include "core/expand/erofs_finder.h"
#include "tests/core/expand/made_erofs.h"

namespace dunlin {
namespace {

const MadeFiles small_files{{"one", wordy_bytes(120'000, 1)},
                            {"two", joined({wordy_bytes(9'000, 2), random_bytes(5'000, 3)})},
                            {"folder/three", random_bytes(5'000, 4)}};

// How many runs are open.
std::size_t expect_sound(const Bytes& image) {
  const MemorySource source(image);
  const Result<std::vector<FoundRun>> found = find_erofs_files(source, {});
  EXPECT_TRUE(found.has_value());
  if (!found || found->empty()) return 0;
  const ExpandMap map = map_of(*found, image.size());
  EXPECT_TRUE(check(map, image.size()));
  Bytes plain(static_cast<std::size_t>(map.layers[0].plain_size()));
  EXPECT_TRUE(ExpandedSource(source, map).read(0, plain));
  const auto& runs = map.layers[0].runs;
  return static_cast<std::size_t>(
      std::ranges::count_if(runs, [](const ExpandedRun& run) { return !run.is_raw(); }));
}

class ErofsLies : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  Bytes image_ = made_erofs(small_files, GetParam());
};

// The superblock, the inodes and their maps lie at the front and before the end.
TEST_P(ErofsLies, FlippedBytesLeaveASoundMap) {
  ASSERT_GE(expect_sound(image_), 1U);
  for (std::size_t i = 1024; i < image_.size(); i += i < 4096 ? 7 : 501) {
    Bytes flipped = image_;
    flipped[i] ^= 0xFF;
    expect_sound(flipped);
  }
}

TEST_P(ErofsLies, FlippedBitsOfTheMetadataLeaveASoundMap) {
  SeededRandom random(1);
  for (std::size_t i = 1024; i < 3072; i += 5) {
    Bytes flipped = image_;
    flipped[i + random.below(5)] ^= static_cast<std::uint8_t>(1U << random.below(8));
    expect_sound(flipped);
  }
}

TEST_P(ErofsLies, EveryTruncationLeavesASoundMap) {
  for (std::size_t size = 0; size < image_.size(); size += 1009) expect_sound(slice(image_, 0, size));
}

INSTANTIATE_TEST_SUITE_P(Erofs, ErofsLies,
                         testing::Values(std::vector<std::string>{"-zlz4hc"},
                                         std::vector<std::string>{"-zlz4hc", "-Elegacy-compress"},
                                         std::vector<std::string>{"-zlz4", "-C16384"},
                                         std::vector<std::string>{"-zlz4hc", "-Eztailpacking"}));

}  // namespace
}  // namespace dunlin
