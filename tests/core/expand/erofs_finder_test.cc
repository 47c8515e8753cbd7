// Images come from mkfs.erofs. What is found is opened and closed again by the same code as on a device, and
// compared with the files that went in and the image that came out.
#include "core/expand/erofs_finder.h"

#include "core/expand/contractor.h"
#include "tests/core/expand/made_erofs.h"

namespace dunlin {
namespace {

ExpandMap found_in_image(const Bytes& image) {
  const Result<std::vector<FoundRun>> found = find_erofs_files(MemorySource(image), {});
  EXPECT_TRUE(found.has_value());
  return found ? map_of(*found, image.size()) : ExpandMap{};
}

Bytes opened(const Bytes& image, const ExpandMap& map) {
  const MemorySource source(image);
  return read_all(ExpandedSource(source, map));
}

Bytes closed(const Bytes& plain, const ExpandMap& map) {
  Bytes packed;
  Contractor contractor(map);
  const Result<void> fed = contractor.feed(plain, [&](ByteView bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
    return Result<void>{};
  });
  EXPECT_TRUE(fed) << fed.error().message;
  return packed;
}

ErofsPacking only_packing(const ExpandMap& map) {
  EXPECT_EQ(map.layers.size(), 1U);
  EXPECT_EQ(map.layers.at(0).packings.size(), 1U);
  const Result<ErofsPacking> packing = to_erofs_packing(map.layers.at(0).packings.at(0));
  EXPECT_TRUE(packing.has_value());
  return packing ? *packing : ErofsPacking{};
}

// All that could be packed is found open, and the image comes back.
void expect_round_trip(const MadeFiles& files, const Bytes& image, const ExpandMap& map) {
  const Bytes plain = opened(image, map);
  for (const auto& [name, bytes] : files) EXPECT_TRUE(holds(plain, bytes)) << name;
  EXPECT_GT(plain.size(), image.size());
  EXPECT_TRUE(closed(plain, map) == image);
}

struct Make {
  std::vector<std::string> options;
  ErofsPacking packing;
};

class ErofsMakes : public testing::TestWithParam<Make> {};

TEST_P(ErofsMakes, OpenCloseBitForBitAndAreRecognised) {
  const MadeFiles files = files_of_all_kinds();
  MadeFiles found = files;
  found.erase("folder/random");  // stays as it is, its last bytes elsewhere
  const Bytes image = made_erofs(files, GetParam().options);

  const ExpandMap map = found_in_image(image);

  EXPECT_EQ(only_packing(map), GetParam().packing);
  expect_round_trip(found, image, map);
}

INSTANTIATE_TEST_SUITE_P(
    Erofs, ErofsMakes,
    testing::Values(Make{{"-zlz4"}, {.level = 0}}, Make{{"-zlz4hc"}, {.level = 9}},
                    Make{{"-zlz4hc,12"}, {.level = 12}}, Make{{"-zlz4hc", "-Elegacy-compress"}, {.level = 9}},
                    Make{{"-zlz4hc", "-C16384"}, {.level = 9, .cluster_size = 16384}},
                    Make{{"-zlz4", "-C65536"}, {.level = 0, .cluster_size = 65536}},
                    Make{{"-zlz4hc", "-C1048576"}, {.level = 9, .cluster_size = 1u << 20}},
                    Make{{"-zlz4hc", "-C65536", "-Elegacy-compress"}, {.level = 9, .cluster_size = 65536}},
                    Make{{"-zlz4hc", "--max-extent-bytes=8192"}, {.level = 9, .extent_size_max = 8192}}));

TEST(ErofsFinder, OpensFilesWhoseTailIsElsewhereUpToAWitness) {
  const MadeFiles files{{"long", wordy_bytes(700'000, 1)}};
  for (const std::string level : {"-zlz4hc", "-zlz4"}) {
    const Bytes image = made_erofs(files, {level, "-Eztailpacking"});

    const ExpandMap map = found_in_image(image);

    EXPECT_GT(only_packing(map).witness_size, 0U);
    expect_round_trip({{"beginning", wordy_bytes(500'000, 1)}}, image, map);
  }
}

TEST(ErofsFinder, MakesLongUnpackedFilesWhole) {
  // Their inodes stand between their blocks and their last bytes, when there is no room for them elsewhere.
  const MadeFiles files{{"frame", random_bytes(97 * 4096 + 3900, 1)}, {"text", wordy_bytes(50'000, 2)}};
  const Bytes image = made_erofs(files, {"-zlz4hc"});
  ASSERT_FALSE(holds(image, files.at("frame")));

  const ExpandMap map = found_in_image(image);

  expect_round_trip(files, image, map);
}

TEST(ErofsFinder, LeavesImagesWithoutPackedFilesClosed) {
  EXPECT_TRUE(found_in_image(made_erofs(files_of_all_kinds(), {})).layers.empty());
  EXPECT_TRUE(found_in_image(made_erofs({{"random", random_bytes(50'000, 1)}}, {"-zlz4hc"})).layers.empty());
  EXPECT_TRUE(found_in_image({}).layers.empty());
  EXPECT_TRUE(found_in_image(Bytes(1'000'000)).layers.empty());
  EXPECT_TRUE(found_in_image(wordy_bytes(100'000, 1)).layers.empty());
}

TEST(ErofsFinder, LeavesClustersThatEndInPaddingClosed) {
  EXPECT_TRUE(
      found_in_image(made_erofs(files_of_all_kinds(), {"-zlz4", "-Elegacy-compress"})).layers.empty());
}

TEST(ErofsFinder, PassesReadFailuresOn) {
  const Bytes image = made_erofs({{"long", wordy_bytes(100'000, 1)}}, {"-zlz4hc"});

  const auto found = find_erofs_files(BrokenSource(image, image.size() - 4096), {});

  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::device);
}

TEST(ErofsFinder, StopsWhenCancelled) {
  const Bytes image = made_erofs({{"long", wordy_bytes(100'000, 1)}}, {"-zlz4hc"});
  const std::atomic<bool> cancel = true;
  FindOptions options;
  options.cancel = &cancel;

  const auto found = find_erofs_files(MemorySource(image), options);

  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind, ErrorKind::cancelled);
}

}  // namespace
}  // namespace dunlin
