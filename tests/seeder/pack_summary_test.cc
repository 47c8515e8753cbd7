#include "seeder/pack_summary.h"

#include <gtest/gtest.h>

#include "seeder/pack_view.h"

namespace dunlin {
namespace {

Segment segment(SegmentEncoding encoding, std::uint32_t length, std::uint32_t frame_length = 0) {
  Segment made;
  made.encoding = encoding;
  made.target_length = made.plain_length = length;
  made.frame_length = frame_length;
  return made;
}

Segment copy_from(std::uint64_t offset, std::uint32_t length) {
  Segment made = segment(SegmentEncoding::copy, length);
  made.base_ranges = {{offset, length}};
  return made;
}

PackTable table_of(std::vector<Segment> segments) {
  PackTable table;
  table.base_id = Digest{};
  table.base_size = 1u << 20;
  for (Segment& one : segments) {
    one.target_offset = one.plain_offset = table.target_size;
    table.target_size += one.target_length;
  }
  table.segments = std::move(segments);
  return table;
}

// Sixteen cells of 4 KiB.
PackTable sample() {
  return table_of({copy_from(0, 16'384), copy_from(500'000, 8'192), segment(SegmentEncoding::zero, 16'384),
                   segment(SegmentEncoding::difference, 12'288, 100),
                   segment(SegmentEncoding::plain, 4'096, 1'000),
                   segment(SegmentEncoding::plain, 8'192, 8'000)});
}

PackHeader header_of(const PackTable& table) {
  PackHeader header;
  header.target_size = table.target_size;
  header.base_id = table.base_id;
  header.base_size = table.base_size;
  header.table_length = 300;
  header.pack_size = header.table_end() + 9'100;
  return header;
}

TEST(PackSummary, CountsSegmentsByWhereTheirBytesComeFrom) {
  const PackTable table = sample();

  const PackSummary summary = summarise(header_of(table), table, 100);

  EXPECT_EQ(summary.kinds.at("copy (same place)"), (PackShare{1, 16'384, 0}));
  EXPECT_EQ(summary.kinds.at("copy (moved)"), (PackShare{1, 8'192, 0}));
  EXPECT_EQ(summary.kinds.at("zero"), (PackShare{1, 16'384, 0}));
  EXPECT_EQ(summary.kinds.at("difference"), (PackShare{1, 12'288, 100}));
  EXPECT_EQ(summary.kinds.at("plain"), (PackShare{2, 12'288, 9'000}));
  EXPECT_EQ(summary.table_bytes + summary.frame_bytes, header_of(table).pack_size);
}

TEST(PackSummary, MapsEachPartOfTheImageToWhatItCosts) {
  const PackTable table = sample();

  const PackSummary summary = summarise(header_of(table), table, 100);

  std::vector<MapCell> expected(4, MapCell::same_place);
  expected.insert(expected.end(), 2, MapCell::moved);
  expected.insert(expected.end(), 4, MapCell::zero);
  expected.insert(expected.end(), 3, MapCell::coded_1);
  expected.push_back(MapCell::coded_50);
  expected.insert(expected.end(), 2, MapCell::coded_whole);
  EXPECT_EQ(summary.map.cell_size, 4'096u);
  EXPECT_EQ(summary.map.cells, expected);
}

TEST(PackSummary, KeepsAMapOfALargeImageSmall) {
  const PackTable table = table_of({copy_from(0, 4u << 20), segment(SegmentEncoding::zero, 4u << 20)});

  const PackSummary summary = summarise(header_of(table), table, 100);

  EXPECT_LE(summary.map.cells.size(), 100u);
  EXPECT_EQ(summary.map.cells.front(), MapCell::same_place);
  EXPECT_EQ(summary.map.cells.back(), MapCell::zero);
}

TEST(PackSummary, OfAnEmptyImageHasNoMap) {
  const PackTable table;

  EXPECT_TRUE(summarise(header_of(table), table, 100).map.cells.empty());
}

TEST(PackSummary, CountsWhatIsOpenedByPacking) {
  PackTable table = sample();
  const Packing block{PackingKind::zstd_block, {15, 0, 0}};
  table.base_map.layers = {{{block}, {{100, 100, 0}, {50, 400, 1}, {60, 500, 1}}}};

  const PackSummary summary = summarise(header_of(table), table, 100);

  ASSERT_EQ(summary.opened.size(), 1u);
  EXPECT_EQ(summary.opened[0], (OpenedShare{"base", "zstd_block 15", 2, 110, 900}));
}

TEST(PackView, FitsEightyColumns) {
  const PackTable table =
      table_of({copy_from(0, 4u << 20), segment(SegmentEncoding::plain, 4u << 20, 4u << 20)});
  PackReport report{"a-pack-with-a-name", header_of(table), {}, "libzstd 1.5.4", ChunkReuse{1, 2, 3}};
  report.summary = summarise(report.header, table, pack_map_columns * pack_map_rows_max);

  std::size_t column = 0;
  for (const char byte : to_text(report)) {
    const bool continues = (static_cast<unsigned char>(byte) & 0xC0) == 0x80;  // UTF-8
    column = byte == '\n' ? 0 : column + (continues ? 0 : 1);
    ASSERT_LE(column, 80u);
  }
}

}  // namespace
}  // namespace dunlin
