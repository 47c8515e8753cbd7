// Packs that open compressed content of base and target, decoded in every order a device may come to.
#include "tests/fakes/encoded_images.h"
#include "tests/fakes/made_packs.h"

namespace dunlin {
namespace {

const std::vector<Packing> long_runs = {{PackingKind::lz4_legacy, {3, 0, 0}}};

// Everything that decoding a pack needs, parsed.
struct Opened {
  explicit Opened(const ExpandedPack& made)
      : pack(made.bytes), base(made.base), target(made.target), table(*parse_pack_table(pack)) {}
  MemorySource pack;
  MemorySource base;
  Bytes target;
  PackTable table;

  Bytes target_of(std::size_t i) const {
    const Segment& segment = table.segments[i];
    return slice(target, segment.target_offset, segment.target_offset + segment.target_length);
  }
};

void expect_segment(Assembler& assembler, const Opened& opened, std::size_t i) {
  const Result<ByteView> bytes = assembler.decode(i);
  ASSERT_TRUE(bytes) << i << ": " << bytes.error().message;
  ASSERT_EQ(Bytes(bytes->begin(), bytes->end()), opened.target_of(i)) << i;
}

TEST(ExpandedPack, DecodesToTheImage) {
  for (std::size_t layers = 1; layers <= 3; ++layers) {
    const ExpandedPack made = expanded_pack(ExpandedPair(200'000, layers, layers), 9'000);
    const Result<Bytes> image = decode(made.bytes, made.base);
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(*image, made.target);
  }
}

TEST(ExpandedPack, UsesEveryEncoding) {
  const Opened opened(expanded_pack(ExpandedPair(200'000), 9'000));
  std::set<SegmentEncoding> encodings;
  for (const Segment& segment : opened.table.segments) encodings.insert(segment.encoding);
  EXPECT_EQ(encodings.size(), 4u);
  EXPECT_EQ(opened.table.codecs, "libzstd of these tests");
}

TEST(ExpandedPack, HasSegmentsThatGiveNothingOutYet) {
  const Opened opened(expanded_pack(ExpandedPair(100'000, 1, 3, long_runs), 3'000));
  EXPECT_TRUE(
      std::ranges::any_of(opened.table.segments, [](const Segment& s) { return s.target_length == 0; }));
  Assembler assembler(opened.table, opened.pack, &opened.base);
  for (std::size_t i = 0; i < opened.table.segments.size(); ++i) expect_segment(assembler, opened, i);
}

TEST(ExpandedPack, DecodesSegmentsInAnyOrder) {
  const Opened opened(expanded_pack(ExpandedPair(100'000, 2, 4), 7'000));
  Assembler assembler(opened.table, opened.pack, &opened.base);
  for (std::size_t i = opened.table.segments.size(); i-- > 0;) expect_segment(assembler, opened, i);
  SeededRandom random(1);
  for (int round = 0; round < 30; ++round)
    expect_segment(assembler, opened, random.below(opened.table.segments.size()));
}

TEST(ExpandedPack, GoesOnAtEverySegmentWithAndWithoutTheSlot) {
  for (const auto& packings : {quick_packings, long_runs}) {
    const Opened opened(expanded_pack(ExpandedPair(60'000, 2, 5, packings), 4'000));
    for (std::size_t first = 0; first < opened.table.segments.size(); ++first) {
      // Behind what was written the slot holds anything.
      Bytes slot = opened.target;
      const std::uint64_t written = opened.table.segments[first].target_offset;
      for (std::size_t at = written; at < slot.size(); ++at) slot[at] ^= 0xA5;
      const MemorySource image(slot);
      for (const bool has_slot : {true, false}) {
        Assembler assembler(opened.table, opened.pack, &opened.base);
        if (has_slot) assembler.use_written(image, written);
        for (std::size_t i = first; i < opened.table.segments.size(); ++i)
          expect_segment(assembler, opened, i);
      }
    }
  }
}

TEST(ExpandedPack, GoesOnDespiteASlotThatIsNotWhatItShouldBe) {
  const Opened opened(expanded_pack(ExpandedPair(60'000, 1, 6), 4'000));
  for (const Bytes& slot : {Bytes(opened.target.size()), random_bytes(opened.target.size(), 1), Bytes()}) {
    const MemorySource image(slot);
    for (std::size_t first = 0; first < opened.table.segments.size(); ++first) {
      Assembler assembler(opened.table, opened.pack, &opened.base);
      assembler.use_written(image, opened.target.size());
      expect_segment(assembler, opened, first);
    }
  }
}

TEST(ExpandedPack, DecodesAtMostTheSegmentBeforeAgainWhenTheSlotHoldsTheRest) {
  // Runs are shorter than segments: a run that is cut began in the segment before at the earliest.
  const ExpandedPack made = expanded_pack(ExpandedPair(200'000, 1, 7), 30'000);
  const Opened opened(made);
  const MemorySource image(opened.target);
  for (std::size_t first = 2; first < opened.table.segments.size(); ++first) {
    Bytes torn = made.bytes;
    for (std::size_t i = 0; i + 1 < first; ++i) {
      const Segment& gone = opened.table.segments[i];
      std::fill_n(torn.begin() + static_cast<std::ptrdiff_t>(gone.frame_offset), gone.frame_length, 0xEE);
    }
    const MemorySource pack(torn);
    Assembler assembler(opened.table, pack, &opened.base);
    assembler.use_written(image, opened.table.segments[first].target_offset);
    expect_segment(assembler, opened, first);
  }
}

TEST(ExpandedPack, SaysThatTheBaseDoesNotMatch) {
  const ExpandedPack made = expanded_pack(ExpandedPair(60'000, 1, 8), 4'000);
  const Opened opened(made);
  const MemorySource other(random_bytes(made.base.size(), 9));
  Assembler assembler(opened.table, opened.pack, &other);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < opened.table.segments.size(); ++i) {
    const Result<ByteView> bytes = assembler.decode(i);
    if (bytes) continue;
    ++refused;
    EXPECT_EQ(bytes.error().kind, ErrorKind::bad_image);
    EXPECT_EQ(assembler.fault(), DecodeFault::base) << bytes.error().message;
    EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("the base image does not match"));
  }
  EXPECT_GT(refused, 2u);
}

TEST(ExpandedPack, SaysThatACodecClosesOtherwise) {
  Opened opened(expanded_pack(ExpandedPair(60'000, 1, 10, {quick_packings[0]}), 4'000));
  // As a library of another version would.
  opened.table.target_map.layers[0].packings[0].parameters[0] = 19;
  Assembler assembler(opened.table, opened.pack, &opened.base);
  bool refused = false;
  for (std::size_t i = 0; i < opened.table.segments.size() && !refused; ++i) {
    const Result<ByteView> bytes = assembler.decode(i);
    refused = !bytes;
    if (bytes) continue;
    EXPECT_EQ(bytes.error().kind, ErrorKind::bad_image);
    EXPECT_EQ(assembler.fault(), DecodeFault::codec) << bytes.error().message;
    EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("libzstd of these tests"));
    EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("use the full pack"));
  }
  EXPECT_TRUE(refused);
}

TEST(ExpandedPack, SaysThatItsFrameIsDamagedEvenWhereAnEarlierOneIsDecodedAgain) {
  const ExpandedPack made = expanded_pack(ExpandedPair(60'000, 1, 11), 4'000);
  const Opened whole(made);
  for (const Segment& segment : whole.table.segments) {
    if (segment.frame_length == 0) continue;
    Bytes damaged = made.bytes;
    for (std::uint32_t i = 0; i < segment.frame_length; ++i) damaged[segment.frame_offset + i] ^= 0xFF;
    const MemorySource pack(damaged);
    Assembler assembler(whole.table, pack, &whole.base);
    const auto index = static_cast<std::size_t>(&segment - whole.table.segments.data());
    const std::size_t later = std::min(index + 1, whole.table.segments.size() - 1);
    for (const std::size_t i : {index, later}) {
      const Result<ByteView> bytes = assembler.decode(i);
      if (bytes) continue;
      EXPECT_EQ(assembler.fault(), DecodeFault::pack) << bytes.error().message;
    }
    EXPECT_FALSE(assembler.decode(index));
  }
}

TEST(ExpandedPack, PassesOnThatTheDeviceFails) {
  const ExpandedPack made = expanded_pack(ExpandedPair(60'000, 1, 12), 4'000);
  const BrokenSource base(made.base, 0);
  EXPECT_EQ(decode(MemorySource(made.bytes), &base).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
