#include "core/content/assembler.h"

#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

void expect_refused(const Result<Bytes>& image, std::string_view words) {
  ASSERT_FALSE(image) << words;
  EXPECT_EQ(image.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(image.error().message, ::testing::HasSubstr(std::string(words)));
}

// A base and a target whose delta has copy, zero and prefixed plain segments.
struct Pair {
  Bytes base = joined({random_bytes(600'000, 1), wordy_bytes(600'000, 2)});
  Bytes target = joined({slice(base, 0, 600'064), Bytes(600'000), slice(base, 600'000, 1'100'000),
                         random_bytes(50, 3), slice(base, 1'100'000, 1'200'000)});
};

std::set<SegmentEncoding> encodings_of(const Bytes& pack) {
  std::set<SegmentEncoding> encodings;
  const Result<PackTable> table = parse_pack_table(MemorySource(pack));
  for (const Segment& segment : table->segments) encodings.insert(segment.encoding);
  return encodings;
}

TEST(Assembler, DecodesSegmentsInAnyOrderAndAgain) {
  const Pair pair;
  const MemorySource pack(delta_pack(pair.target, pair.base));
  const MemorySource base(pair.base);
  ASSERT_EQ(encodings_of(delta_pack(pair.target, pair.base)).size(), 3u);
  const PackTable table = *parse_pack_table(pack);
  Assembler assembler(table, pack, &base);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = table.segments.size(); i-- > 0;) {
      const Segment& segment = table.segments[i];
      const Result<ByteView> bytes = assembler.decode(i);
      ASSERT_TRUE(bytes) << bytes.error().message;
      EXPECT_TRUE(std::ranges::equal(
          *bytes, ByteView(pair.target).subspan(segment.target_offset, segment.target_length)));
    }
  }
}

TEST(Assembler, AcceptsABaseOnALargerDevice) {
  const Pair pair;
  EXPECT_EQ(decode(delta_pack(pair.target, pair.base), joined({pair.base, Bytes(9'999, 5)})), pair.target);
}

TEST(Assembler, SaysThatTheBaseIsMissing) {
  const Pair pair;
  expect_refused(decode(delta_pack(pair.target, pair.base)),
                 "needs the base image " + sha256(pair.base).hex());
}

TEST(Assembler, SaysThatTheBaseIsTooShort) {
  const Pair pair;
  expect_refused(decode(delta_pack(pair.target, pair.base), slice(pair.base, 0, 1'000'000)),
                 "the base image does not match: it has 1000000 bytes");
}

TEST(Assembler, SaysThatTheBaseDoesNotMatch) {
  const Pair pair;
  const Bytes pack = delta_pack(pair.target, pair.base);
  Bytes flipped_in_copy = pair.base;
  flipped_in_copy[1'000] ^= 1;
  expect_refused(decode(pack, flipped_in_copy), "segment 0: the base image does not match");
  Bytes flipped_in_prefix = pair.base;
  flipped_in_prefix[800'000] ^= 1;
  expect_refused(decode(pack, flipped_in_prefix), "the base image does not match, it should be");
  expect_refused(decode(pack, random_bytes(pair.base.size(), 77)), "the base image does not match");
}

TEST(Assembler, SaysThatAFrameIsDamagedWhateverBitOfItFlips) {
  const Bytes target = wordy_bytes(3'000, 4);
  const Bytes pack = full_pack(target);
  const std::uint64_t begin = *pack_table_end(pack);
  for (std::size_t i = begin; i < pack.size(); ++i) {
    Bytes damaged = pack;
    damaged[i] ^= 0x10;
    const Result<Bytes> image = decode(damaged);
    if (image) {  // a bit that zstd ignores
      EXPECT_EQ(*image, target);
    }
    if (!image) expect_refused(image, "segment 0: its frame in the pack is damaged, fetch it again");
  }
}

TEST(Assembler, SaysThatTheTableIsWrongWhenFrameAndBaseAreRight) {
  const Pair pair;
  const MemorySource pack(full_pack(pair.target));
  PackTable table = *parse_pack_table(pack);
  const PackTable good = table;
  const MemorySource written(pair.target);
  for (std::size_t i = 0; i < table.segments.size(); ++i) {
    table = good;
    table.segments[i].digest.bytes[0] ^= 1;
    Assembler assembler(table, pack, nullptr);
    assembler.use_written(written, good.segments[i].target_offset);
    const Result<ByteView> bytes = assembler.decode(i);
    ASSERT_FALSE(bytes);
    EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("the segment table is wrong"));
    EXPECT_EQ(assembler.fault(), DecodeFault::pack);
  }
}

TEST(Assembler, SaysThatTheDeviceFailsWhenItDoes) {
  const Pair pair;
  const Bytes pack = delta_pack(pair.target, pair.base);
  const BrokenSource bad_base(pair.base, 0);
  EXPECT_EQ(decode(MemorySource(pack), &bad_base).error().kind, ErrorKind::device);
  const MemorySource base(pair.base);
  const BrokenSource bad_pack(pack, *pack_table_end(pack));
  EXPECT_EQ(decode(bad_pack, &base).error().kind, ErrorKind::device);
}

TEST(Assembler, DecodesWhatHasArrivedAndRefusesWhatHasNot) {
  const Bytes target = random_bytes(9u << 20, 5);
  const Bytes pack = full_pack(target);
  const PackTable table = *parse_pack_table(MemorySource(pack));
  ASSERT_GE(table.segments.size(), 3u);
  const MemorySource arrived(slice(pack, 0, table.segments[1].frame_offset + 10));
  Assembler assembler(table, arrived, nullptr);
  const MemorySource written(target);
  assembler.use_written(written, target.size());
  EXPECT_TRUE(assembler.decode(0));
  EXPECT_EQ(assembler.decode(1).error().kind, ErrorKind::bad_image);
  EXPECT_TRUE(assembler.decode(0));
}

TEST(Assembler, RefusesSegmentsBeyondItsLimitsBeforeAllocating) {
  const MemorySource pack(full_pack(Bytes(10, 1)));
  const MemorySource base(Bytes(100));
  PackTable table = *parse_pack_table(pack);
  table.base_id = Digest{};
  table.base_size = std::uint64_t{1} << 40;
  const Segment good = table.segments[0];
  Segment long_target = good;
  long_target.target_length = segment_size_max + 1;
  Segment long_frame = good;
  long_frame.frame_length = frame_size_max + 1;
  Segment long_base = good;
  long_base.base_ranges.assign(3, BaseRange{0, base_ranges_size_max / 2});
  Segment odd_copy = good;
  odd_copy.encoding = SegmentEncoding::copy;
  odd_copy.base_ranges = {{0, good.target_length - 1}};
  Segment odd_plain = good;
  odd_plain.plain_length = good.target_length + 1;
  Segment long_plain = good;
  long_plain.plain_length = segment_size_max + 1;
  Segment long_prefix = good;
  long_prefix.target_ranges.assign(3, ByteRange{0, target_ranges_size_max / 2});
  table.segments = {long_target, long_frame, long_base, odd_copy, odd_plain, long_plain, long_prefix, good};
  Assembler assembler(table, pack, &base);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(assembler.decode(i).error().kind, ErrorKind::bad_image) << i;
  EXPECT_TRUE(assembler.decode(7));
}

TEST(Assembler, RefusesAFrameThatInflatesPastItsSegment) {
  // A frame of 4 MiB of zeros where the table says ten bytes.
  Bytes bomb_target(segment_size_max);
  bomb_target.back() = 1;
  const MemorySource pack(full_pack(bomb_target));
  PackTable table = *parse_pack_table(pack);
  const auto bomb = std::ranges::find(table.segments, SegmentEncoding::earlier, &Segment::encoding);
  ASSERT_NE(bomb, table.segments.end());
  bomb->target_length = 10;
  bomb->plain_length = 10;
  Assembler assembler(table, pack, nullptr);
  const MemorySource written(bomb_target);
  assembler.use_written(written, bomb_target.size());
  const Result<ByteView> bytes = assembler.decode(static_cast<std::size_t>(bomb - table.segments.begin()));
  ASSERT_FALSE(bytes);
  EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("does not hold the declared 10 bytes"));
}

}  // namespace
}  // namespace dunlin
