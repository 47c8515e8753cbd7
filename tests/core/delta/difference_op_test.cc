#include "core/delta/difference_op.h"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

std::uint64_t size_of(const DifferenceOps& ops) {
  std::uint64_t size = 0;
  for (const DifferenceOp& op : ops) size += std::uint64_t{op.copy_length} + op.literal_length;
  return size;
}

TEST(ShortCopies, BecomeLiteralsOfTheStepBefore) {
  const DifferenceOps ops = {{1'000, 500, 10}, {77, 20, 5}, {9'000, 31, 0}, {4'000, 32, 1}};
  EXPECT_EQ(without_short_copies(ops, 32), (DifferenceOps{{1'000, 500, 66}, {4'000, 32, 1}}));
}

TEST(ShortCopies, InFrontOfAllOthersBecomeAStepOfLiterals) {
  EXPECT_EQ(without_short_copies({{70, 20, 5}, {9'000, 31, 2}, {4'000, 100, 1}}, 32),
            (DifferenceOps{{0, 0, 58}, {4'000, 100, 1}}));
}

TEST(ShortCopies, StayWhereTheCopyBeforeGoesOn) {
  const DifferenceOps ops = {{1'000, 500, 10}, {1'510, 2, 3}, {1'515, 4, 0}};
  EXPECT_EQ(without_short_copies(ops, 32), ops);
}

TEST(ShortCopies, GoOnAcrossOnesThatWereLeftOut) {
  EXPECT_EQ(without_short_copies({{1'000, 500, 10}, {77, 20, 5}, {1'535, 4, 0}}, 32),
            (DifferenceOps{{1'000, 500, 35}, {1'535, 4, 0}}));
}

TEST(ShortCopies, LeaveTheSizeAsItIs) {
  const DifferenceOps ops = {{0, 0, 3}, {12, 40, 0}, {500, 8, 9}, {0, 0, 1}, {2'000, 8, 0}};
  for (const std::uint32_t length_min : {0u, 1u, 9u, 41u, 1'000u})
    EXPECT_EQ(size_of(without_short_copies(ops, length_min)), size_of(ops)) << length_min;
  EXPECT_TRUE(without_short_copies({}, 32).empty());
}

}  // namespace
}  // namespace dunlin
