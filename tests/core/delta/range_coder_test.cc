#include "core/delta/range_coder.h"

#include "core/delta/difference_coder.h"
#include "core/delta/difference_control.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

std::vector<std::uint64_t> numbers_of_all_sizes(std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<std::uint64_t> numbers = {0, 1, ~std::uint64_t{0}};
  for (int i = 0; i < 2'000; ++i) numbers.push_back(random.below(~std::uint64_t{0}) >> random.below(64));
  return numbers;
}

TEST(RangeCoder, GivesBackEveryNumber) {
  const std::vector<std::uint64_t> numbers = numbers_of_all_sizes(1);
  RangeEncoder encoder;
  NumberTree written;
  for (const std::uint64_t number : numbers) written.code(encoder, number);
  const Bytes coded = encoder.finish();
  RangeDecoder decoder(coded);
  NumberTree read;
  for (const std::uint64_t number : numbers) ASSERT_EQ(read.code(decoder, 0), number);
  EXPECT_TRUE(decoder.is_exhausted());
}

// Carries and the first byte are where range coders go wrong: chances of every kind, bits against them.
TEST(RangeCoder, GivesBackBitsThatNobodyExpected) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SeededRandom random(seed);
    std::vector<std::uint32_t> bits;
    for (int i = 0; i < 300; ++i) bits.push_back(random.below(1 + seed % 40) == 0 ? 1 : 0);
    RangeEncoder encoder;
    std::array<Chance, 2> written;
    for (std::size_t i = 0; i < bits.size(); ++i) encoder.bit(written[i % 2], bits[i] == seed % 2);
    const Bytes coded = encoder.finish();
    RangeDecoder decoder(coded);
    std::array<Chance, 2> read;
    for (std::size_t i = 0; i < bits.size(); ++i) ASSERT_EQ(decoder.bit(read[i % 2]), bits[i] == seed % 2);
    EXPECT_TRUE(decoder.is_exhausted());
  }
}

TEST(RangeCoder, CostsLittleForWhatIsExpected) {
  RangeEncoder encoder;
  Chance chance;
  for (int i = 0; i < 100'000; ++i) encoder.bit(chance, true);
  EXPECT_LT(encoder.finish().size(), 40u);
}

TEST(DifferenceControl, SaysACopyThatGoesOnInAboutAByte) {
  DifferenceOps ops;
  for (std::uint64_t i = 0; i < 1'000; ++i) ops.push_back({5'000 + i * 120, 100, 20});

  const Bytes control = write_difference_control(ops, 0);

  EXPECT_LT(control.size(), 200u);
  EXPECT_EQ(read_difference_control(control, 0, 120'000, 200'000).value(), ops);
}

TEST(DifferenceControl, RefusesLengthsThatDoNotAddUpAndCopiesFromOutside) {
  const DifferenceOps ops = {{500, 100, 20}, {7, 30, 0}, {0, 0, 9}};
  const Bytes control = write_difference_control(ops, 0);

  EXPECT_TRUE(read_difference_control(control, 0, 159, 600));
  EXPECT_FALSE(read_difference_control(control, 0, 158, 600));
  EXPECT_FALSE(read_difference_control(control, 0, 160, 600));
  EXPECT_FALSE(read_difference_control(control, 0, 159, 599));
  EXPECT_FALSE(read_difference_control(ByteView(control).first(control.size() - 1), 0, 159, 600));
}

// A program of calls to few functions, and the same program after 40 bytes were put into it.
TEST(DifferenceCoder, ForeseesAddressesThatMoved) {
  constexpr std::uint32_t calls = 4'000;
  constexpr std::uint32_t inserted_at = 20'000;
  SeededRandom random(1);
  Bytes old_program;
  Bytes new_program;
  const auto moved = [](std::uint32_t address) { return address < inserted_at ? address : address + 40; };
  for (std::uint32_t i = 0; i < calls; ++i) {
    const std::uint32_t from = i * 10 + 5;
    const auto to = static_cast<std::uint32_t>(random.below(100)) * 400;
    const auto call = [](Bytes& program, std::uint32_t distance) {
      ByteWriter writer;
      writer.bytes(Bytes{0x55, 0x48, 0x89, 0xf3, 0x90, 0xe8});
      writer.u32(distance);
      program.insert(program.end(), writer.written().begin(), writer.written().end());
    };
    call(old_program, to - from);
    call(new_program, moved(to) - moved(from));
  }
  const DifferenceOps ops = {{0, inserted_at, 0}, {inserted_at, calls * 10 - inserted_at, 0}};
  Bytes copied = old_program;

  const CodedDifferences coded = code_differences(new_program, ops, copied);

  EXPECT_EQ(copied, new_program);
  EXPECT_LT(coded.places.size() + coded.changes.size(), 1'500u);
  ASSERT_TRUE(decode_differences({coded.places, coded.changes}, ops, old_program));
  EXPECT_EQ(old_program, new_program);
}

}  // namespace
}  // namespace dunlin
