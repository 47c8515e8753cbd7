// What a table with expand maps may not say.
#include "core/content/map_section.h"
#include "core/encode/pack_writer.h"
#include "tests/core/content/made_tables.h"

namespace dunlin {
namespace {

ExpandMap one_run(std::uint64_t before, std::uint64_t packed, std::uint64_t plain, std::uint64_t behind) {
  ExpandLayer layer{.packings = {{PackingKind::zstd_block, {3, 0, 0}}}, .runs = {{packed, plain, 1}}};
  if (before != 0) layer.runs.insert(layer.runs.begin(), {before, before, 0});
  if (behind != 0) layer.runs.push_back({behind, behind, 0});
  return {{layer}};
}

// Image 30 bytes: 10 raw, 5 that open to 100, 15 raw; plain 125 bytes. The base is the same.
const ExpandMap usual = one_run(10, 5, 100, 15);

struct Made {
  Column column;
  std::optional<ExpandMap> base_map = usual;
  std::optional<ExpandMap> target_map = usual;
  std::uint64_t target_size = 30;
  bool says_expanded = true;
  bool says_differences = true;
  std::optional<std::string> codecs{};
};

Bytes pack_of(const Made& made) {
  std::uint64_t frames = 0;
  for (const auto& [length, check] : made.column.frames) frames += length;
  PackHeader header = sized(made.target_size, frames, 30);
  header.is_expanded = made.says_expanded;
  header.has_differences = made.says_differences;
  Bytes table = section(1, 1, segments_section(made.column));
  if (made.base_map) table = joined({table, section(3, 1, write_map_section(*made.base_map))});
  if (made.target_map) table = joined({table, section(4, 1, write_map_section(*made.target_map))});
  if (made.codecs) table = joined({table, section(5, 0, to_bytes(*made.codecs))});
  return sealed(header, table);
}

// Segments without frames, by their lengths on both sides.
Column zeros(std::vector<std::pair<int, int>> lengths, std::size_t opened) {
  Column column;
  for (const auto& [target, plain] : lengths) {
    column.encodings.push_back(1);
    column.lengths.push_back(static_cast<std::uint64_t>(target));
    const int step = plain - target;
    column.plain_steps.push_back(static_cast<std::uint64_t>(step < 0 ? -2 * step - 1 : 2 * step));
    column.base_ranges.push_back({});
  }
  column.plain_checks.assign(opened, 0xABCD);
  return column;
}

TEST(ExpandedTable, GivesSegmentsTheirPlaceOnBothSides) {
  Column column = zeros({{10, 10}, {0, 40}, {2, 30}, {18, 45}}, 3);
  column.encodings = {0, 3, 1, 2};
  column.frames = {{5, 77}, {6, 88}};
  column.base_ranges = {{2 * 30}, {}, {}, {1, 2 * 100, 25}};
  const Result<PackTable> table = parse(pack_of({.column = column, .codecs = "libzstd 1.5.4"}));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->base_map, usual);
  EXPECT_EQ(table->target_map, usual);
  EXPECT_EQ(table->codecs, "libzstd 1.5.4");
  const Segment& copy = table->segments[0];
  EXPECT_EQ(copy.base_ranges[0].offset, 30u);
  EXPECT_EQ(copy.base_ranges[0].length, 10u);
  EXPECT_EQ(copy.plain_check, 0u);
  const Segment& last = table->segments[3];
  EXPECT_EQ(last.target_offset, 12u);
  EXPECT_EQ(last.target_length, 18u);
  EXPECT_EQ(last.plain_offset, 80u);
  EXPECT_EQ(last.plain_length, 45u);
  EXPECT_EQ(last.plain_check, 0xABCDu);
  EXPECT_EQ(last.base_ranges[0].offset, 112u);
}

TEST(ExpandedTable, LetsBaseRangesReachTheEndOfTheOpenedBase) {
  Column column = zeros({{30, 125}}, 1);
  column.encodings = {0};
  column.base_ranges = {{2 * 30}};  // [30, 155) of 30 + 125
  EXPECT_TRUE(parse(pack_of({.column = column})));
  column.base_ranges = {{2 * 31}};
  expect_refused(pack_of({.column = column}), "outside the base image");
  column.base_ranges = {{2 * 30}};
  expect_refused(pack_of({.column = column, .base_map = {}}), "outside the base image");
}

TEST(ExpandedTable, RefusesLengthsThatDoNotAddUp) {
  EXPECT_TRUE(parse(pack_of({.column = zeros({{30, 125}}, 1)})));
  expect_refused(pack_of({.column = zeros({{29, 125}}, 1)}), "target's size");
  expect_refused(pack_of({.column = zeros({{30, 124}}, 1)}), "the target map's");
  expect_refused(pack_of({.column = zeros({{30, 126}}, 1)}), "the target map's");
}

TEST(ExpandedTable, RefusesSegmentsThatAreTooLongOrEmptyOnTheirPlainSide) {
  const int longest = 4 << 20;
  const ExpandMap wide = one_run(10, 5, static_cast<std::uint64_t>(longest) + 1, 15);
  expect_refused(pack_of({.column = zeros({{30, 125}, {0, 0}}, 1)}), "between 1 byte and 4 MiB");
  expect_refused(pack_of({.column = zeros({{10, 10}, {20, longest + 16}}, 1), .target_map = wide}),
                 "between 1 byte and 4 MiB");
  const std::uint64_t closed = segment_closed_size_max;
  Column column = zeros({{0, 100}}, 1);
  column.lengths = {closed + 1};
  expect_refused(
      pack_of({.column = column, .target_map = one_run(0, closed + 1, 100, 0), .target_size = closed + 1}),
      "more than 8 MiB");
}

TEST(ExpandedTable, RefusesBoundariesThatBothSidesCannotHave) {
  EXPECT_TRUE(parse(pack_of({.column = zeros({{10, 10}, {5, 100}, {15, 15}}, 1)})));
  EXPECT_TRUE(parse(pack_of({.column = zeros({{10, 50}, {20, 75}}, 2)})));
  EXPECT_TRUE(parse(pack_of({.column = zeros({{15, 50}, {15, 75}}, 2)})));
  expect_refused(pack_of({.column = zeros({{9, 10}, {21, 115}}, 1)}), "target map does not allow");
  expect_refused(pack_of({.column = zeros({{9, 50}, {21, 75}}, 2)}), "target map does not allow");
  expect_refused(pack_of({.column = zeros({{16, 50}, {14, 75}}, 2)}), "target map does not allow");
  expect_refused(pack_of({.column = zeros({{14, 110}, {16, 15}}, 1)}), "target map does not allow");
  expect_refused(pack_of({.column = zeros({{0, 5}, {30, 120}}, 1)}), "target map does not allow");
}

TEST(ExpandedTable, RefusesMapsThatTheHeaderDoesNotAnnounceAndTheOtherWayRound) {
  expect_refused(pack_of({.column = zeros({{30, 125}}, 1), .says_expanded = false}), "does not say so");
  Column column = zeros({{30, 30}}, 0);
  column.plain_steps.clear();
  EXPECT_TRUE(parse(pack_of({.column = column, .base_map = {}, .target_map = {}, .says_expanded = false})));
  expect_refused(pack_of({.column = column, .base_map = {}, .target_map = {}}), "holds none");
}

TEST(ExpandedTable, RefusesDifferencesThatTheHeaderDoesNotAnnounce) {
  Column column = zeros({{30, 125}}, 1);
  column.encodings = {3};
  column.frames = {{5, 77}};
  EXPECT_TRUE(parse(pack_of({.column = column})));
  expect_refused(pack_of({.column = column, .says_differences = false}), "does not announce any");
}

TEST(ExpandedTable, RefusesMapsOfAnotherImageAndSaysWhich) {
  const Column column = zeros({{30, 125}}, 1);
  expect_refused(pack_of({.column = column, .base_map = one_run(10, 5, 100, 16)}), "base map: ");
  expect_refused(pack_of({.column = column, .target_map = one_run(10, 5, 100, 14)}), "target map: ");
}

TEST(ExpandedTable, RefusesCodecNamesThatCannotBeShown) {
  const Column column = zeros({{30, 125}}, 1);
  expect_refused(pack_of({.column = column, .codecs = "a\nb"}), "cannot be shown");
  expect_refused(pack_of({.column = column, .codecs = std::string(pack_codecs_size_max + 1, 'a')}),
                 "cannot be shown");
}

TEST(ExpandedTable, IsNotForFullPacks) {
  for (const bool expanded : {true, false}) {
    PackHeader header = sized(10, 0, {});
    header.is_expanded = expanded;
    header.has_differences = !expanded;
    expect_refused(sealed(header, Column{{1}, {10}, {}, {}}), "need a base image");
  }
}

}  // namespace
}  // namespace dunlin
