#include "core/expand/frame_finder.h"

#include "core/expand/frame_measure.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

Bytes frame_of(FrameFormat format, const Bytes& plain) {
  switch (format) {
    case FrameFormat::zstd:
      return program_output("zstd -q -3 -c in > out", plain);
    case FrameFormat::lz4_legacy:
      return program_output("lz4 -q -l -1 in out", plain);
    case FrameFormat::gzip:
      return program_output("gzip -c in > out", plain);
    case FrameFormat::xz:
      return program_output("xz -1 -c in > out", plain);
  }
  return {};
}

constexpr std::array formats = {FrameFormat::zstd, FrameFormat::lz4_legacy, FrameFormat::gzip,
                                FrameFormat::xz};

std::vector<FoundRun> frames_in(const Bytes& bytes) {
  const MemorySource space(bytes);
  Result<std::vector<FoundRun>> found = find_frames(space, {{.offset = 0, .length = bytes.size()}}, {});
  CHECK(found.has_value());
  return *found;
}

TEST(FrameFinder, FindsEveryFormatAtAnyOffset) {
  const Bytes plain = wordy_bytes(300'000, 1);
  for (const FrameFormat format : formats) {
    const Bytes frame = frame_of(format, plain);
    for (const std::size_t before : {0, 1, 4'095}) {
      const std::vector<FoundRun> found =
          frames_in(joined({random_bytes(before, 2), frame, random_bytes(500, 3)}));

      ASSERT_EQ(found.size(), 1U) << static_cast<int>(format);
      EXPECT_EQ(found[0].plain_length, plain.size());
      EXPECT_GE(found[0].packed_begin, before);
      EXPECT_LE(found[0].packed_length, frame.size());
      EXPECT_GE(found[0].packed_length + 64, frame.size());
    }
  }
}

TEST(FrameFinder, FindsFramesThatBeginAcrossItsBuffers) {
  const Bytes frame = frame_of(FrameFormat::xz, wordy_bytes(300'000, 4));
  for (std::size_t before = (1u << 20) - 6; before <= (1u << 20) + 1; ++before)
    ASSERT_EQ(frames_in(joined({Bytes(before, 0), frame})).size(), 1U) << before;
}

TEST(FrameFinder, LeavesOutSmallFramesAndFramesThatAreCutShort) {
  for (const FrameFormat format : formats) {
    const Bytes frame = frame_of(format, wordy_bytes(300'000, 5));

    EXPECT_TRUE(frames_in(frame_of(format, wordy_bytes(20'000, 6))).empty());
    EXPECT_TRUE(frames_in(slice(frame, 0, frame.size() / 2)).empty());
  }
}

TEST(FrameFinder, SpendsItsBudgetAndNoMore) {
  const Bytes frame = frame_of(FrameFormat::zstd, Bytes(2'000'000, 'x'));
  const MemorySource space(frame);
  DecodeBudget budget{1'000'000};

  EXPECT_EQ(*measure_frame(space, 0, FrameFormat::zstd, found_frame_plain_max, budget), std::nullopt);
  EXPECT_LE(budget.left, 1'000'000U);
  budget.left = 3'000'000;
  EXPECT_NE(*measure_frame(space, 0, FrameFormat::zstd, found_frame_plain_max, budget), std::nullopt);
  EXPECT_EQ(budget.left, 1'000'000U);
}

TEST(FrameFinder, EveryDamagedFrameIsMeasuredOrNot) {
  for (const FrameFormat format : formats) {
    const Bytes frame = frame_of(format, wordy_bytes(300, 7));
    for (std::size_t at = 0; at < frame.size(); ++at) {
      Bytes damaged = frame;
      damaged[at] ^= 0x10;
      const MemorySource space(damaged);
      DecodeBudget budget{1u << 20};
      ASSERT_TRUE(measure_frame(space, 0, format, found_frame_plain_max, budget).has_value());
    }
  }
}

TEST(FrameFinder, PassesOnWhatTheSourceSays) {
  const BrokenSource space(joined({Bytes(10, 0), frame_of(FrameFormat::zstd, wordy_bytes(300'000, 8))}),
                           50'000);

  EXPECT_EQ(find_frames(space, {{.offset = 0, .length = space.size()}}, {}).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
