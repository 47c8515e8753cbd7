#include "core/expand/expanded_source.h"

#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

// Counts what is read from below.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    read_ += out.size();
    return bytes_.read(offset, out);
  }
  std::uint64_t read_bytes() const { return read_; }

 private:
  MemorySource bytes_;
  mutable std::uint64_t read_ = 0;
};

TEST(ExpandedSource, ReadsTheWholePlainSideThroughStackedLayers) {
  for (std::size_t layers = 0; layers <= expand_layers_max; ++layers) {
    const MadeImage made = made_image(300'000, layers, 7 + layers);
    const MemorySource packed(made.image);
    const ExpandedSource source(packed, made.map);
    Bytes plain(source.size());

    ASSERT_TRUE(source.read(0, plain).has_value());

    EXPECT_EQ(plain, made.plain);
  }
}

TEST(ExpandedSource, ReadsAnyRangeInAnyOrder) {
  const MadeImage made = made_image(200'000, 2, 11);
  const MemorySource packed(made.image);
  const ExpandedSource source(packed, made.map);
  SeededRandom random(5);

  for (int i = 0; i < 200; ++i) {
    const std::size_t begin = random.below(made.plain.size() + 1);
    const std::size_t end =
        begin + random.below(std::min<std::size_t>(20'000, made.plain.size() - begin) + 1);
    Bytes part(end - begin);
    ASSERT_TRUE(source.read(begin, part).has_value());
    ASSERT_EQ(part, slice(made.plain, begin, end)) << begin << " to " << end;
  }
}

TEST(ExpandedSource, DecodesALongRunOnceForSortedReads) {
  const Bytes plain = wordy_bytes(6u << 20, 3);
  const Packing packing{.kind = PackingKind::lz4_legacy, .parameters = {1, 0, 0}};
  const Bytes frame = packed_by(packing, plain);
  const ExpandMap map{{{.packings = {packing}, .runs = {{frame.size(), plain.size(), 1}}}}};
  const CountingSource packed(frame);
  const ExpandedSource source(packed, map);

  Bytes part(100'000);
  for (std::size_t at = 0; at + part.size() <= plain.size(); at += 500'000) {
    ASSERT_TRUE(source.read(at, part).has_value());
    ASSERT_EQ(part, slice(plain, at, at + part.size()));
  }

  EXPECT_LE(packed.read_bytes(), frame.size());
}

TEST(ExpandedSource, RefusesRangesOutside) {
  const MadeImage made = made_image(1'000, 1, 2);
  const MemorySource packed(made.image);
  const ExpandedSource source(packed, made.map);
  Bytes part(2);

  EXPECT_EQ(source.read(999, part).error().kind, ErrorKind::bad_image);
  EXPECT_EQ(source.read(~std::uint64_t{0}, part).error().kind, ErrorKind::bad_image);
}

TEST(ExpandedSource, RefusesAMapThatDoesNotFit) {
  MadeImage made = made_image(10'000, 2, 3);
  made.image.push_back(0);
  const MemorySource packed(made.image);
  const ExpandedSource source(packed, made.map);
  Bytes part(1);

  EXPECT_EQ(source.read(0, part).error().kind, ErrorKind::bad_image);
}

TEST(ExpandedSource, SurvivesEveryDamagedByte) {
  const MadeImage made = made_image(3'000, 1, 4);
  for (std::size_t at = 0; at < made.image.size(); ++at) {
    Bytes image = made.image;
    image[at] ^= 0x41;
    const MemorySource packed(image);
    const ExpandedSource source(packed, made.map);
    Bytes plain(made.plain.size());

    const Result<void> read = source.read(0, plain);

    if (!read) {
      EXPECT_EQ(read.error().kind, ErrorKind::bad_image);
    }
  }
}

TEST(ExpandedSource, RefusesARunThatHoldsMoreOrLessThanTheMapSays) {
  for (const int by : {-1, 1}) {
    const Bytes plain = wordy_bytes(5'000, 9);
    const Bytes frame = packed_by(quick_packings[0], plain);
    const std::uint64_t length = plain.size() + static_cast<std::uint64_t>(by);
    const ExpandMap map{{{.packings = {quick_packings[0]}, .runs = {{frame.size(), length, 1}}}}};
    const MemorySource packed(frame);
    const ExpandedSource source(packed, map);
    Bytes part(10);

    EXPECT_EQ(source.read(0, part).error().kind, ErrorKind::bad_image);
  }
}

}  // namespace
}  // namespace dunlin
