// Tables made by hand (made_tables.h).
#include "core/content/pack_table.h"

#include "core/encode/pack_writer.h"
#include "tests/core/content/made_tables.h"

namespace dunlin {
namespace {

TEST(PackTable, ReadsEveryEncodingWithOffsetsAsSums) {
  const Column column{{2, 1, 0, 2}, {10, 20, 30, 40}, {{5, 77}, {6, 88}}, {{0}, {8}, {2, 20, 5, 3, 7}}};
  const Bytes pack = sealed(sized(100, 11, 1000), column);

  const Result<PackTable> table = parse(pack);

  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->segments.size(), 4u);
  const Segment& plain = table->segments[0];
  EXPECT_EQ(plain.frame_offset, pack.size());
  EXPECT_EQ(table->frames_offset, pack.size());
  EXPECT_EQ(plain.frame_check, 77u);
  EXPECT_TRUE(plain.base_ranges.empty());
  const Segment& copy = table->segments[2];
  EXPECT_EQ(copy.target_offset, 30u);
  EXPECT_EQ(copy.base_ranges[0].offset, 34u);
  EXPECT_EQ(copy.base_ranges[0].length, 30u);
  EXPECT_EQ(copy.frame_length, 0u);
  const Segment& prefixed = table->segments[3];
  EXPECT_EQ(prefixed.target_offset, 60u);
  EXPECT_EQ(prefixed.frame_offset, pack.size() + 5);
  EXPECT_EQ(prefixed.base_ranges[0].offset, 70u);
  EXPECT_EQ(prefixed.base_ranges[0].length, 5u);
  EXPECT_EQ(prefixed.base_ranges[1].offset, 73u);  // 75 - 2
  EXPECT_EQ(prefixed.base_ranges[1].length, 7u);
}

TEST(PackTable, RefusesSegmentsThatDoNotAddUpToTheTarget) {
  for (const std::uint64_t size : {0u, 99u, 101u})
    expect_refused(sealed(sized(size, 0, {}), Column{{1, 1}, {60, 40}, {}, {}}), "target's size");
}

TEST(PackTable, RefusesEmptyAndOversizedSegments) {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{segment_size_max} + 1, ~std::uint64_t{0}})
    expect_refused(sealed(sized(length, 0, {}), Column{{1}, {length}, {}, {}}), "between 1 byte and 4 MiB");
}

TEST(PackTable, RefusesUnknownEncodings) {
  expect_refused(sealed(sized(10, 0, {}), Column{{5}, {10}, {}, {}}), "segment 0: encoding 5 is not known");
}

TEST(PackTable, RefusesFramesThatAreEmptyTooLargeOrOutsideThePack) {
  const auto with_frame = [](std::uint64_t length, std::uint64_t frames_size) {
    return sealed(sized(10, frames_size, {}), Column{{2}, {10}, {{length, 0}}, {}});
  };
  EXPECT_TRUE(parse(with_frame(9, 9)));
  expect_refused(with_frame(0, 9), "its frame is empty");
  expect_refused(with_frame(10, 9), "outside the pack");
  expect_refused(with_frame(8, 9), "the frames do not add up");
  expect_refused(with_frame(~std::uint64_t{0}, 9), "outside the pack");
  expect_refused(with_frame(frame_size_max + 1, frame_size_max + 1), "too large");
}

TEST(PackTable, RefusesBaseRangesOutsideTheBaseEvenWhenSumsOverflow) {
  const auto with_range = [](std::uint64_t step, std::uint64_t length, std::uint64_t base_size) {
    return sealed(sized(10, 9, base_size), Column{{2}, {10}, {{9, 0}}, {{1, step, length}}});
  };
  EXPECT_TRUE(parse(with_range(0, 50, 50)));
  EXPECT_TRUE(parse(with_range(2 * 49, 1, 50)));
  expect_refused(with_range(0, 51, 50), "outside the base image");
  expect_refused(with_range(2 * 50, 1, 50), "outside the base image");
  expect_refused(with_range(1, 5, 50), "outside the base image");                  // offset -1
  expect_refused(with_range(~std::uint64_t{0}, 5, 50), "outside the base image");  // offset -2^63
  expect_refused(with_range(~std::uint64_t{1}, 5, 50), "outside the base image");  // offset 2^63 - 1
  expect_refused(with_range(0, 0, 50), "between 1 byte and 8 MiB");
  expect_refused(with_range(0, base_ranges_size_max + 1, 1u << 30), "between 1 byte and 8 MiB");
  expect_refused(with_range(0, ~std::uint64_t{0}, ~std::uint64_t{0}), "between 1 byte and 8 MiB");
}

TEST(PackTable, AcceptsBaseRangesBeyondFourGibibytes) {
  const std::uint64_t far = std::uint64_t{5} << 30;
  const Result<PackTable> table =
      parse(sealed(sized(10, 9, far + 100), Column{{2}, {10}, {{9, 0}}, {{1, 2 * far, 100}}}));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->segments[0].base_ranges[0].offset, far);
}

TEST(PackTable, RefusesMoreBaseRangesThanASegmentMayHave) {
  const std::uint64_t half = base_ranges_size_max / 2;
  expect_refused(sealed(sized(10, 9, 1u << 30), Column{{2}, {10}, {{9, 0}}, {{3, 0, half, 0, half, 0, 1}}}),
                 "more than 8 MiB together");
  expect_refused(sealed(sized(10, 9, 1u << 30),
                        Column{{2}, {10}, {{9, 0}}, {{std::uint64_t{base_range_count_max} + 1}}}),
                 "too many base ranges");
}

TEST(PackTable, RefusesCopiesWithoutABase) {
  expect_refused(sealed(sized(10, 0, {}), Column{{0}, {10}, {}, {}}), "the pack names none");
}

TEST(PackTable, RefusesCopiesThatReachOutsideTheBase) {
  EXPECT_TRUE(parse(sealed(sized(10, 0, 10), Column{{0}, {10}, {}, {{0}}})));
  expect_refused(sealed(sized(10, 0, 9), Column{{0}, {10}, {}, {{0}}}), "outside the base image");
}

TEST(PackTable, RefusesACountItHasNoRoomForBeforeAllocating) {
  for (const std::uint64_t count :
       {std::uint64_t{2}, std::uint64_t{segment_count_max} + 1, ~std::uint64_t{0}}) {
    ByteWriter writer;
    writer.varint(count);
    writer.bytes(Bytes(40));
    expect_refused(sealed(sized(10, 0, {}), section(1, 1, writer.take())), "more than it has room for");
  }
}

TEST(PackTable, RefusesMissingAndTrailingBytes) {
  const Column column{{1}, {10}, {}, {}};
  expect_refused(sealed(sized(10, 0, {}), section(1, 1, segments_section(column, 1))), "room for");
  expect_refused(sealed(sized(10, 0, {}), section(1, 1, segments_section(column, -1))), "follow the last");
}

TEST(PackTable, SkipsUnknownOptionalSectionsAndRefusesUnknownRequiredOnes) {
  const Bytes known = section(1, 1, segments_section(Column{{1}, {10}, {}, {}}));
  EXPECT_TRUE(parse(sealed(sized(10, 0, {}), joined({section(900, 0, Bytes(5)), known}))));
  expect_refused(sealed(sized(10, 0, {}), joined({known, section(900, 1, Bytes(5))})), "update dunlin first");
}

TEST(PackTable, RefusesTablesWithoutOrWithTwiceTheSegments) {
  const Bytes known = section(1, 1, segments_section(Column{{1}, {10}, {}, {}}));
  expect_refused(sealed(sized(10, 0, {}), Bytes()), "lists no segments");
  expect_refused(sealed(sized(10, 0, {}), joined({known, known})), "appears twice");
  expect_refused(sealed(sized(10, 0, {}), slice(known, 0, known.size() - 1)), "section is cut short");
}

TEST(PackTable, RefusesATableThatInflatesToAnotherSizeThanTheHeaderSays) {
  Bytes pack = sealed(sized(10, 0, {}), Column{{1}, {10}, {}, {}});
  PackHeader header = *parse_pack_header(pack);
  for (const std::uint32_t lie : {0u, header.table_decoded_length - 1, pack_table_size_max}) {
    PackHeader lying = header;
    lying.table_decoded_length = lie;
    std::ranges::copy(to_bytes(lying), pack.begin());
    expect_refused(pack, "does not hold the declared");
  }
}

TEST(PackTable, IsReadWhileTheFramesAreStillMissing) {
  const Bytes pack = full_pack(random_bytes(100'000, 1));
  const Result<std::uint64_t> end = pack_table_end(pack);
  ASSERT_TRUE(end);
  EXPECT_TRUE(parse(slice(pack, 0, *end)));
  expect_refused(slice(pack, 0, *end - 1), "cut short");
}

TEST(PackTable, ReadsManySegmentsAndRangesAsWritten) {
  SeededRandom random(1);
  FakeDisk disk;
  const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  std::vector<Segment> segments(500);
  PackIdentity identity{{}, 0, Digest{}, std::uint64_t{1} << 40};
  for (Segment& segment : segments) {
    segment.encoding = static_cast<SegmentEncoding>(random.below(3));
    segment.target_offset = identity.target_size;
    segment.target_length = static_cast<std::uint32_t>(1 + random.below(segment_size_max));
    random.fill(segment.digest.bytes);
    identity.target_size += segment.target_length;
    if (segment.encoding == SegmentEncoding::copy)
      segment.base_ranges = {{random.below(std::uint64_t{1} << 39), segment.target_length}};
    if (segment.encoding == SegmentEncoding::plain)
      for (std::uint64_t i = random.below(4); i > 0; --i)
        segment.base_ranges.push_back(
            {random.below(std::uint64_t{1} << 39), static_cast<std::uint32_t>(1 + random.below(1u << 20))});
  }
  PackWriter writer(*file, identity);
  for (const Segment& segment : segments) {
    const bool framed = segment.encoding == SegmentEncoding::plain;
    ASSERT_TRUE(writer.add(segment, framed ? Bytes(1 + segment.target_length % 1000) : Bytes()));
  }
  ASSERT_TRUE(writer.finish({}));

  const Result<PackTable> table = parse(*disk.get("/pack"));

  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->segments.size(), segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& read = table->segments[i];
    EXPECT_EQ(read.target_offset, segments[i].target_offset);
    EXPECT_EQ(read.target_length, segments[i].target_length);
    EXPECT_EQ(read.digest, segments[i].digest);
    ASSERT_EQ(read.base_ranges.size(), segments[i].base_ranges.size());
    for (std::size_t k = 0; k < read.base_ranges.size(); ++k) {
      EXPECT_EQ(read.base_ranges[k].offset, segments[i].base_ranges[k].offset);
      EXPECT_EQ(read.base_ranges[k].length, segments[i].base_ranges[k].length);
    }
  }
}

}  // namespace
}  // namespace dunlin
