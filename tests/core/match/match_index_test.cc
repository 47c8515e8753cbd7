#include "core/match/match_index.h"

#include "core/delta/difference_frame.h"
#include "core/match/base_text.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

MatchIndex opened(const ByteSource& base, MatchOptions options = {}) {
  Result<MatchIndex> index = MatchIndex::open(base, std::move(options));
  EXPECT_TRUE(index.has_value());
  return std::move(*index);
}

DifferenceOps matched(const MatchIndex& index, const Bytes& target, std::uint64_t expected = 0) {
  DifferenceOps ops = all_literal(static_cast<std::uint32_t>(target.size()));
  for (std::size_t part = 0; part < index.parts(); ++part) {
    Result<MatchPart> built = index.build(part);
    EXPECT_TRUE(built.has_value());
    ops = built->refine(target, ops, expected);
  }
  return ops;
}

DifferenceOps matched(const Bytes& base, const Bytes& target, std::uint64_t expected = 0) {
  const MemorySource source(base);
  return matched(opened(source), target, expected);
}

std::uint64_t literal_bytes(const DifferenceOps& ops) {
  std::uint64_t sum = 0;
  for (const DifferenceOp& op : ops) sum += op.literal_length;
  return sum;
}

std::uint64_t bytes_of_ops(const DifferenceOps& ops) {
  std::uint64_t sum = 0;
  for (const DifferenceOp& op : ops) sum += op.copy_length + op.literal_length;
  return sum;
}

TEST(MatchIndex, FindsContentThatMoved) {
  const Bytes base = random_bytes(100'000, 1);
  const Bytes target = joined({slice(base, 60'000, 90'000), slice(base, 1'000, 50'000)});

  EXPECT_EQ(matched(base, target), (DifferenceOps{{60'000, 30'000, 0}, {1'000, 49'000, 0}}));
}

TEST(MatchIndex, GoesOnOverChangedBytes) {
  const Bytes base = wordy_bytes(50'000, 1);
  Bytes target = slice(base, 5'000, 45'000);
  for (std::size_t i = 20; i < target.size(); i += 40) target[i] ^= 0x55;

  EXPECT_EQ(matched(base, target), (DifferenceOps{{5'000, 40'000, 0}}));
}

TEST(MatchIndex, LeavesWhatIsNewLiteral) {
  const Bytes base = random_bytes(50'000, 1);
  const Bytes fresh = random_bytes(3'000, 2);
  const Bytes target = joined({slice(base, 0, 10'000), fresh, slice(base, 10'000, 20'000)});

  const DifferenceOps ops = matched(base, target);

  EXPECT_EQ(bytes_of_ops(ops), target.size());
  EXPECT_NEAR(static_cast<double>(literal_bytes(ops)), 3'000, 20);
}

TEST(MatchIndex, CopiesOverRunsOfZerosThatItDoesNotIndex) {
  const Bytes base = joined({random_bytes(5'000, 1), Bytes(100'000), random_bytes(5'000, 2)});

  EXPECT_EQ(matched(base, base), (DifferenceOps{{0, 110'000, 0}}));
}

TEST(MatchIndex, KnowsOnlyTheRangesItIsToldOf) {
  const MemorySource base(random_bytes(60'000, 1));
  Bytes target(60'000);
  ASSERT_TRUE(base.read(0, target));
  MatchOptions options;
  options.ranges = {{10'000, 5'000}, {30'000, 20'000}};

  const DifferenceOps ops = matched(opened(base, options), target);

  EXPECT_EQ(ops, (DifferenceOps{{0, 0, 10'000}, {10'000, 5'000, 15'000}, {30'000, 20'000, 10'000}}));
}

TEST(MatchIndex, PrefersTheContentThatIsExpected) {
  const Bytes block = random_bytes(1'000, 3);
  Bytes base;
  for (std::uint64_t i = 0; i < 9; ++i) base = joined({base, block, random_bytes(64, i)});

  EXPECT_EQ(matched(base, block, 5 * 1'064), (DifferenceOps{{5 * 1'064, 1'000, 0}}));
}

TEST(MatchIndex, CutsWhatDoesNotFitIntoPartsAndFindsItAll) {
  const Bytes data = random_bytes(3u << 20, 5);
  const MemorySource base(data);
  MatchOptions options;
  options.memory_max = match_memory_min;
  const MatchIndex index = opened(base, options);
  const Bytes target = joined({slice(data, 2'500'000, 2'600'000), slice(data, 1'000, 90'000),
                               slice(data, 1'200'000, 1'300'000), random_bytes(500, 6)});

  EXPECT_EQ(index.parts(), 3u);
  EXPECT_LE(index.memory(), match_memory_min);
  const DifferenceOps ops = matched(index, target);

  EXPECT_EQ(bytes_of_ops(ops), target.size());
  EXPECT_NEAR(static_cast<double>(literal_bytes(ops)), 500, 40);
}

TEST(MatchIndex, GivesOpsThatRebuildTheTarget) {
  const Bytes base = wordy_bytes(200'000, 1);
  SeededRandom random(4);
  for (int round = 0; round < 20; ++round) {
    Bytes target;
    while (target.size() < 30'000) {
      const std::size_t begin = random.below(base.size() - 3'000);
      Bytes piece = slice(base, begin, begin + random.below(3'000));
      for (std::size_t i = random.below(50); i < piece.size(); i += 1 + random.below(200)) piece[i] ^= 1;
      target = joined({target, piece, random_bytes(random.below(100), random.below(1u << 30))});
    }
    const DifferenceOps ops = matched(base, target, 500);
    Result<Bytes> frame = write_difference_frame(target, ops, MemorySource(base), 500, 3);
    ASSERT_TRUE(frame);
    Bytes out(target.size());
    ASSERT_TRUE(apply_difference_frame(*frame, MemorySource(base), 500, out));
    ASSERT_EQ(out, target);
  }
}

TEST(MatchIndex, TakesRepetitionInItsStride) {
  const std::size_t size = 1u << 19;
  const auto periodic = [&](std::size_t period, std::uint64_t seed) {
    const Bytes unit = random_bytes(period, seed);
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = unit[i % period];
    return bytes;
  };
  const std::vector<Bytes> images = {Bytes(size), Bytes(size, 7), periodic(3, 1), periodic(500, 2),
                                     periodic(700, 2)};
  for (const Bytes& base : images)
    for (const Bytes& target : images) EXPECT_EQ(bytes_of_ops(matched(base, target)), size);
}

TEST(MatchIndex, HoldsAnEmptyBaseAndAnEmptyTarget) {
  EXPECT_EQ(matched(Bytes(), Bytes()), DifferenceOps());
  EXPECT_EQ(matched(Bytes(), Bytes(5, 1)), (DifferenceOps{{0, 0, 5}}));
  EXPECT_EQ(matched(Bytes(9'000), Bytes(5, 1)), (DifferenceOps{{0, 0, 5}}));
  EXPECT_EQ(matched(random_bytes(1, 1), Bytes()), DifferenceOps());
}

TEST(MatchIndex, StopsWhenCancelled) {
  const MemorySource base(random_bytes(10'000, 1));
  std::atomic<bool> cancel = false;
  MatchOptions options;
  options.cancel = &cancel;
  const MatchIndex index = opened(base, options);
  cancel = true;

  Result<MatchPart> part = index.build(0);

  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().kind, ErrorKind::cancelled);
}

TEST(MatchIndex, ReportsABaseThatCannotBeRead) {
  const BrokenSource base(random_bytes(10'000, 1), 5'000);
  Result<MatchIndex> index = MatchIndex::open(base, {});
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().kind, ErrorKind::device);
}

TEST(BaseText, HoldsWhatTheBaseHolds) {
  const Bytes data =
      joined({Bytes(600), random_bytes(100, 1), Bytes(511), random_bytes(40, 2), Bytes(5'000)});
  const MemorySource base(data);
  TextPieces pieces;
  const OnRead on_read = [](std::uint64_t) { return Result<void>(); };
  ASSERT_TRUE(find_text(base, 0, data.size(), on_read, pieces));
  Result<BaseText> text = BaseText::read(base, pieces, on_read);
  ASSERT_TRUE(text);

  EXPECT_EQ(text->text().size(), 651u);
  for (std::size_t i = 0; i < data.size(); ++i) {
    ASSERT_FALSE(text->from(i).empty());
    EXPECT_EQ(text->from(i).front(), data[i]);
    EXPECT_EQ(text->until(i + 1).back(), data[i]);
  }
  EXPECT_TRUE(text->from(data.size()).empty());
  EXPECT_TRUE(text->until(0).empty());
}

}  // namespace
}  // namespace dunlin
