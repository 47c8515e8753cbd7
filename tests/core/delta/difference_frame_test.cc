#include "core/delta/difference_frame.h"

#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

// Remembers where it was read.
class WatchedSource final : public ByteSource {
 public:
  explicit WatchedSource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    ascending = ascending && offset >= last_end_;
    last_end_ = offset + out.size();
    bytes_read += out.size();
    return bytes_.read(offset, out);
  }
  mutable bool ascending = true;
  mutable std::uint64_t bytes_read = 0;

 private:
  MemorySource bytes_;
  mutable std::uint64_t last_end_ = 0;
};

// A base, and a target that is made of it out of order, with bytes changed here and there.
struct Example {
  Bytes base = wordy_bytes(20'000, 1);
  DifferenceOps ops = {
      {12'000, 5'000, 0}, {500, 3'000, 700}, {0, 0, 20}, {19'000, 1'000, 0}, {100, 4'000, 1}};
  Bytes target;

  Example() {
    SeededRandom random(7);
    for (const DifferenceOp& op : ops) {
      Bytes copy = slice(base, op.base_offset, op.base_offset + op.copy_length);
      for (std::size_t i = random.below(40); i < copy.size(); i += 1 + random.below(90))
        copy[i] = static_cast<std::uint8_t>(copy[i] + random.below(3));
      target = joined({target, copy, wordy_bytes(op.literal_length, 3)});
    }
  }
  Bytes frame(int level = 19) const {
    Result<Bytes> written = write_difference_frame(target, ops, MemorySource(base), 11'000, level);
    EXPECT_TRUE(written.has_value());
    return *written;
  }
  Result<Bytes> applied(ByteView frame, std::uint64_t expected = 11'000) const {
    Bytes out(target.size());
    Result<void> done = apply_difference_frame(frame, MemorySource(base), expected, out);
    if (!done) return fail(std::move(done.error()));
    return out;
  }
};

TEST(DifferenceFrame, RebuildsWhatItWasMadeOf) {
  const Example example;
  for (const int level : {1, 9, 19}) {
    Result<Bytes> out = example.applied(example.frame(level));
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_EQ(*out, example.target);
  }
}

TEST(DifferenceFrame, IsTheSameEachTime) {
  const Example example;
  EXPECT_EQ(example.frame(), example.frame());
}

TEST(DifferenceFrame, ReadsTheBaseForwardsAndNoByteTwice) {
  const Example example;
  const WatchedSource base(example.base);
  Bytes out(example.target.size());

  ASSERT_TRUE(apply_difference_frame(example.frame(), base, 11'000, out));

  EXPECT_TRUE(base.ascending);
  EXPECT_EQ(base.bytes_read, 10'000u);
}

TEST(DifferenceFrame, HoldsSegmentsOfAnyShape) {
  const Bytes base = random_bytes(5'000, 1);
  const auto round_trip = [&](const Bytes& target, const DifferenceOps& ops) {
    Result<Bytes> frame = write_difference_frame(target, ops, MemorySource(base), 0, 19);
    ASSERT_TRUE(frame);
    Bytes out(target.size());
    ASSERT_TRUE(apply_difference_frame(*frame, MemorySource(base), 0, out));
    EXPECT_EQ(out, target);
  };
  round_trip({}, {});
  round_trip({7}, {{0, 0, 1}});
  round_trip({7}, {{4'999, 1, 0}});
  round_trip(base, {{0, 5'000, 0}});
  round_trip(random_bytes(5'000, 2), {{0, 5'000, 0}});
  round_trip(random_bytes(5'000, 2), {{0, 0, 5'000}});
  round_trip(Bytes(300'000), {{0, 0, 300'000}});
}

TEST(DifferenceFrame, ReportsABaseThatCannotBeRead) {
  const Example example;
  Bytes out(example.target.size());

  Result<void> done =
      apply_difference_frame(example.frame(), BrokenSource(example.base, 15'000), 11'000, out);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::device);
}

TEST(DifferenceFrame, RefusesAnotherSizeABaseTooShortAndBytesBehindItsEnd) {
  const Example example;
  const Bytes frame = example.frame();
  for (const std::size_t size : {std::size_t{0}, example.target.size() - 1, example.target.size() + 1}) {
    Bytes out(size);
    EXPECT_FALSE(apply_difference_frame(frame, MemorySource(example.base), 11'000, out));
  }
  Bytes out(example.target.size());
  EXPECT_FALSE(apply_difference_frame(frame, MemorySource(slice(example.base, 0, 19'999)), 11'000, out));
  EXPECT_FALSE(example.applied(joined({frame, {0}})));
}

TEST(DifferenceFrame, RefusesEveryTruncation) {
  const Example example;
  const Bytes frame = example.frame();
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(example.applied(ByteView(frame).first(size))) << size;
}

TEST(DifferenceFrame, SurvivesEveryFlippedByte) {
  const Example example;
  const Bytes frame = example.frame();
  for (std::size_t i = 0; i < frame.size(); ++i) {
    for (const int flip : {0x01, 0x90}) {
      Bytes damaged = frame;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ flip);
      Result<Bytes> out = example.applied(damaged);
      EXPECT_TRUE(out.has_value() || out.error().kind == ErrorKind::bad_image) << i;
    }
  }
}

}  // namespace
}  // namespace dunlin
