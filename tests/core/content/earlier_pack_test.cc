// Full packs whose segments refer to the target in front of them: what is read back decides, so it is
// damaged, missing, cut short or left by an earlier run.
#include "core/content/pack_format.h"
#include "core/content/pack_header.h"
#include "core/encode/pack_writer.h"
#include "tests/core/content/made_tables.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::size_t kib = 1024;

struct EarlierImage {
  Bytes words = wordy_bytes(300 * kib, 1);
  Bytes target = joined({words, Bytes(600 * kib), random_bytes(500 * kib, 2), words, Bytes(300 * kib),
                         slice(words, 100 * kib, 200 * kib)});
  MemorySource pack{full_pack(target)};
  PackTable table = *parse_pack_table(pack);

  bool refers(std::size_t index) const { return !table.segments[index].target_ranges.empty(); }
};

TEST(EarlierPack, NeedsContentThatIsRepeatedOnlyOnce) {
  const EarlierImage image;
  const std::size_t once =
      full_pack(joined({image.words, Bytes(600 * kib), random_bytes(500 * kib, 2)})).size();
  EXPECT_LT(image.pack.size(), once + 8'000);
}

TEST(EarlierPack, RefersToNothingInItsFirstSegmentAndInZeros) {
  const EarlierImage image;
  EXPECT_EQ(image.table.segments[0].encoding, SegmentEncoding::plain);
  std::map<SegmentEncoding, int> counts;
  for (const Segment& segment : image.table.segments) {
    ++counts[segment.encoding];
    EXPECT_EQ(segment.encoding == SegmentEncoding::earlier, !segment.target_ranges.empty());
  }
  EXPECT_EQ(counts[SegmentEncoding::plain], 1);
  EXPECT_GE(counts[SegmentEncoding::zero], 1);
  EXPECT_GE(counts[SegmentEncoding::earlier], 8);
}

TEST(EarlierPack, RoundTripsWithZerosInFrontAndOddSizes) {
  for (const std::size_t zeros : {std::size_t{1}, 255 * kib + 7, 1024 * kib, 5000 * kib}) {
    const Bytes target =
        joined({Bytes(zeros), wordy_bytes(300 * kib + zeros % 5, zeros), Bytes(zeros), random_bytes(3, 3)});
    EXPECT_EQ(decode(full_pack(target)), target);
  }
}

TEST(EarlierPack, SaysThatAReaderNeedsToKnowTheEncoding) {
  EXPECT_TRUE(parse_pack_header(full_pack(random_bytes(400 * kib, 4)))->has_earlier);
  EXPECT_FALSE(parse_pack_header(full_pack(random_bytes(10 * kib, 4)))->has_earlier);
  EXPECT_FALSE(
      parse_pack_header(delta_pack(random_bytes(400 * kib, 4), random_bytes(400 * kib, 5)))->has_earlier);
}

TEST(EarlierPack, GoesOnBehindEverySegmentThatARunBeforeWrote) {
  const EarlierImage image;
  for (std::size_t first = 0; first < image.table.segments.size(); ++first) {
    WrittenImage written;
    written.bytes = slice(image.target, 0, image.table.segments[first].target_offset);
    Assembler assembler(image.table, image.pack, nullptr);
    const Result<void> done = write_segments(assembler, first, image.table.segments.size(), written);
    ASSERT_TRUE(done) << first << ": " << done.error().message;
    ASSERT_EQ(written.bytes, image.target) << first;
  }
}

TEST(EarlierPack, DecodesNothingThatRefersToWhatIsNotWritten) {
  const EarlierImage image;
  const MemorySource written(image.target);
  for (std::size_t i = 0; i < image.table.segments.size(); ++i) {
    if (!image.refers(i)) continue;
    Assembler without(image.table, image.pack, nullptr);
    EXPECT_EQ(without.decode(i).error().kind, ErrorKind::usage) << i;
    Assembler almost(image.table, image.pack, nullptr);
    almost.use_written(written, image.table.segments[i].target_offset - 1);
    EXPECT_EQ(almost.decode(i).error().kind, ErrorKind::usage) << i;
  }
}

TEST(EarlierPack, NoticesEveryDamageToWhatWasWrittenOrIsRight) {
  const EarlierImage image;
  int noticed = 0;
  for (std::size_t i = 0; i < image.table.segments.size(); ++i) {
    for (const ByteRange& range : image.table.segments[i].target_ranges) {
      for (std::uint64_t at = range.offset; at < range.end(); at += 1 + range.length / 7) {
        Bytes damaged = slice(image.target, 0, image.table.segments[i].target_offset);
        damaged[at] ^= 0x20;
        const MemorySource written(damaged);
        Assembler assembler(image.table, image.pack, nullptr);
        assembler.use_written(written, written.size());
        const Result<ByteView> bytes = assembler.decode(i);
        if (bytes) {  // it did not need that byte
          const Bytes right = slice(image.target, image.table.segments[i].target_offset,
                                    image.table.segments[i].target_offset + bytes->size());
          ASSERT_TRUE(std::ranges::equal(*bytes, right));
          continue;
        }
        ++noticed;
        EXPECT_EQ(bytes.error().kind, ErrorKind::bad_image);
        EXPECT_EQ(assembler.fault(), DecodeFault::written);
        EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("write it again"));
      }
    }
  }
  EXPECT_GT(noticed, 5);
}

TEST(EarlierPack, NoticesThatWhatWasWrittenIsCutShort) {
  const EarlierImage image;
  const std::size_t last = image.table.segments.size() - 1;
  ASSERT_TRUE(image.refers(last));
  const std::uint64_t end = image.table.segments[last].target_offset;
  const MemorySource cut(slice(image.target, 0, end - 1));
  Assembler assembler(image.table, image.pack, nullptr);
  assembler.use_written(cut, end);
  EXPECT_EQ(assembler.decode(last).error().kind, ErrorKind::bad_image);
  EXPECT_EQ(assembler.fault(), DecodeFault::written);
}

TEST(EarlierPack, TellsADamagedFrameFromDamageToWhatWasWritten) {
  const EarlierImage image;
  const std::size_t last = image.table.segments.size() - 1;
  Bytes damaged(image.pack.size());
  ASSERT_TRUE(image.pack.read(0, damaged));
  damaged[image.table.segments[last].frame_offset + 6] ^= 1;
  const MemorySource pack(damaged);
  const MemorySource written(image.target);
  Assembler assembler(image.table, pack, nullptr);
  assembler.use_written(written, image.table.segments[last].target_offset);
  const Result<ByteView> bytes = assembler.decode(last);
  ASSERT_FALSE(bytes);
  EXPECT_THAT(bytes.error().message, ::testing::HasSubstr("its frame in the pack is damaged"));
  EXPECT_EQ(assembler.fault(), DecodeFault::pack);
}

TEST(EarlierPack, OfOneByteDamageIsNoticedOrHarmless) {
  const Bytes words = wordy_bytes(40 * kib, 7);
  const Bytes target = joined({words, Bytes(300 * kib), slice(words, 0, 20 * kib)});
  const Bytes pack = full_pack(target);
  ASSERT_TRUE(parse_pack_header(pack)->has_earlier);
  const std::uint64_t table_end = *pack_table_end(pack);
  for (std::size_t i = 0; i < pack.size(); i += i < table_end + 40 ? 1 : 13) {
    Bytes damaged = pack;
    damaged[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
    const Result<Bytes> image = decode(damaged);
    if (image) {
      ASSERT_EQ(*image, target) << i;
    }
    if (!image) {
      ASSERT_EQ(image.error().kind, ErrorKind::bad_image) << i;
    }
  }
}

// A zero segment of `offset` bytes, then one with target ranges of these varints.
Bytes with_ranges(std::uint64_t offset, std::vector<std::uint64_t> values) {
  PackHeader header = sized(offset + 10, 9, {});
  header.has_earlier = true;
  return sealed(header, Column{{1, 4}, {offset, 10}, {{9, 0}}, {std::move(values)}});
}

TEST(EarlierTable, ReadsNearAndFarRanges) {
  const Result<PackTable> table = parse(with_ranges(100'000, {50'000, 2, 1, 2, 3, 4}));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->segments[1].target_ranges,
            (std::vector<ByteRange>{{4096, 8192}, {24'576, 16'384}, {50'000, 50'000}}));
  EXPECT_TRUE(parse(with_ranges(100'000, {100'000, 0})));
  EXPECT_TRUE(parse(with_ranges(100'000, {0, 1, 0, 24})));
}

TEST(EarlierTable, RefusesRangesThatAreNotInFrontOfTheSegment) {
  expect_refused(with_ranges(100'000, {100'001, 0}), "begins before the target");
  expect_refused(with_ranges(100'000, {~std::uint64_t{0}, 0}), "begins before the target");
  expect_refused(with_ranges(100'000, {0, 1, 0, 25}), "not in front of the segment");
  expect_refused(with_ranges(100'000, {50'000, 1, 0, 13}), "not in front of the segment");
  expect_refused(with_ranges(100'000, {50'000, 1, ~std::uint64_t{0}, 1}), "not in front of the segment");
  expect_refused(with_ranges(100'000, {50'000, 1, 1, ~std::uint64_t{0}}), "not in front of the segment");
  expect_refused(with_ranges(100'000, {50'000, 1, 1, 0}), "is empty");
  expect_refused(with_ranges(100'000, {0, 0}), "between 1 byte and 8 MiB");
  expect_refused(with_ranges(100'000, {0, std::uint64_t{target_range_count_max} + 1}),
                 "too many target ranges");
}

TEST(EarlierTable, RefusesMoreThanEightMebibytes) {
  const std::uint64_t mib = 1u << 20;
  PackHeader header = sized(12 * mib + 10, 9, {});
  header.has_earlier = true;
  const auto with = [&](std::vector<std::uint64_t> values) {
    return sealed(header,
                  Column{{1, 1, 1, 4}, {4 * mib, 4 * mib, 4 * mib, 10}, {{9, 0}}, {std::move(values)}});
  };
  EXPECT_TRUE(parse(with({8 * mib, 0})));
  expect_refused(with({8 * mib + 1, 0}), "more than 8 MiB");
  expect_refused(with({8 * mib, 1, 0, 1}), "between 1 byte and 8 MiB");
}

TEST(EarlierTable, RefusesTheEncodingWhereTheHeaderDoesNotAnnounceIt) {
  const Column column{{1, 4}, {100, 10}, {{9, 0}}, {{100, 0}}};
  expect_refused(sealed(sized(110, 9, {}), column), "the header does not announce that");
  PackHeader delta = sized(110, 9, 1000);
  delta.has_earlier = true;
  expect_refused(sealed(delta, column), "a delta pack has a feature of full packs");
}

// Full packs from before this encoding existed.
TEST(EarlierTable, IsNotNeededByPacksOfPlainSegments) {
  const Bytes first = random_bytes(50'000, 8);
  const Bytes second = wordy_bytes(50'000, 9);
  FakeDisk disk;
  const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  const Bytes target = joined({first, second});
  PackWriter writer(*file, {sha256(target), target.size(), {}, 0});
  Compressor compressor(3);
  for (const Bytes& part : {first, second}) {
    Segment segment;
    segment.target_length = static_cast<std::uint32_t>(part.size());
    segment.encoding = SegmentEncoding::plain;
    segment.digest = sha256(part);
    ASSERT_TRUE(writer.add(segment, *compressor.compress(part, {})));
  }
  ASSERT_TRUE(writer.finish({}));
  const Bytes pack = *disk.get("/pack");
  EXPECT_FALSE(parse_pack_header(pack)->has_earlier);
  EXPECT_EQ(decode(pack), target);
}

}  // namespace
}  // namespace dunlin
