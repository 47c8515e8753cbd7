// The zstd program makes frames; ours must be the same to the last bit.
#include "core/codec/zstd_stream.h"

#include "tests/core/codec/made_streams.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

ZstdStreamShape shape_of(const Bytes& frame, int level, bool in_jobs, std::uint64_t plain_length) {
  const auto facts = read_zstd_frame_facts(frame);
  CHECK(facts.has_value());
  return {.level = level,
          .in_jobs = in_jobs,
          .states_size = facts->content_size.has_value(),
          .has_checksum = facts->has_checksum,
          .plain_length = plain_length};
}

Bytes without_checksum(Bytes frame, const ZstdStreamShape& shape) {
  if (shape.has_checksum) frame.resize(frame.size() - 4);
  return frame;
}

void expect_same(const std::string& options, int level, bool in_jobs, const Bytes& plain) {
  const Bytes frame =
      program_output("zstd -q " + options + " -" + std::to_string(level) + " -c in > out", plain);
  const Bytes piped =
      program_output("cat in | zstd -q " + options + " -" + std::to_string(level) + " -c > out", plain);
  for (const Bytes& theirs : {frame, piped}) {
    const ZstdStreamShape shape = shape_of(theirs, level, in_jobs, plain.size());
    auto encoder = make_zstd_stream_encoder(shape);
    ASSERT_TRUE(encoder.has_value());
    ASSERT_TRUE(encoded(**encoder, plain) == without_checksum(theirs, shape))
        << options << " level " << level << ", " << plain.size()
        << " bytes, states size: " << shape.states_size;
  }
}

TEST(ZstdStream, ClosesFramesOfSeveralJobsAsTheProgramDoes) {
  const Bytes plain =
      joined({wordy_bytes(5'000'000, 1), random_bytes(300'000, 2), wordy_bytes(4'000'000, 1)});
  for (const int level : {1, 3, 6}) expect_same("", level, true, plain);
}

TEST(ZstdStream, ClosesFramesThatEndWithAJobOrAPart) {
  constexpr std::size_t job_size = 2u << 20;  // of level 1
  for (const std::size_t size : {job_size - 1, job_size, job_size + 1, 2 * job_size, job_size + (512u << 10)})
    expect_same("-T2", 1, true, wordy_bytes(size, 3));
}

TEST(ZstdStream, ClosesSmallAndSingleThreadedFramesAsTheProgramDoes) {
  for (const std::size_t size : {100'000, 131'072, 131'073, 262'144, 524'288, 524'289}) {
    expect_same("", 3, true, wordy_bytes(size, 4));
    expect_same("--single-thread", 3, false, wordy_bytes(size, 4));
    expect_same("--single-thread --no-check", 9, false, wordy_bytes(size, 4));
  }
}

TEST(ZstdStream, GivesOutTheSameHoweverItIsCut) {
  const Bytes plain = wordy_bytes(3'000'000, 5);
  const ZstdStreamShape shape{
      .level = 1, .in_jobs = true, .states_size = false, .has_checksum = true, .plain_length = plain.size()};

  auto large = make_zstd_stream_encoder(shape);
  auto small = make_zstd_stream_encoder(shape);

  EXPECT_EQ(encoded(**large, plain, plain.size()), encoded(**small, plain, 5'000, 7));
}

TEST(ZstdStream, GivesOutEveryHalfMebibyte) {
  const Bytes plain = wordy_bytes(3'000'000, 6);
  auto encoder = make_zstd_stream_encoder({.level = 1, .plain_length = plain.size()});
  Bytes packed;
  std::uint64_t open = 0;
  const ByteSink collect = [&](ByteView bytes) {
    packed.insert(packed.end(), bytes.begin(), bytes.end());
    open = 0;
    return Result<void>{};
  };

  for (std::size_t at = 0; at < plain.size(); at += 1'000) {
    open += 1'000;
    ASSERT_TRUE((*encoder)->feed(ByteView(plain).subspan(at, 1'000), collect).has_value());
    ASSERT_LT(open, (512u << 10) + 1'000);
  }
}

TEST(ZstdStream, DecodesWhatTheProgramPacked) {
  const Bytes plain = joined({wordy_bytes(1'500'000, 8), random_bytes(200'000, 9)});
  const Bytes frame = program_output("zstd -q -9 -c in > out", plain);

  auto whole = decoded(*make_zstd_stream_decoder(), frame);
  auto without = decoded(*make_zstd_stream_decoder(), slice(frame, 0, frame.size() - 4));

  EXPECT_EQ(*whole, plain);
  EXPECT_EQ(*without, plain);
}

TEST(ZstdStream, StopsAtTheEndOfItsFrame) {
  const Bytes plain = wordy_bytes(100'000, 8);
  const Bytes frame = program_output("zstd -q -3 -c in > out && cat out out > two && mv two out", plain);

  EXPECT_EQ(*decoded(*make_zstd_stream_decoder(), frame), plain);
}

TEST(ZstdStream, RefusesToDecodeFramesWithLargeWindows) {
  const Bytes frame = program_output("cat in | zstd -q -3 --long=24 -c > out", wordy_bytes(20'000, 10));

  EXPECT_EQ(read_zstd_frame_facts(frame)->window_size, 16u << 20);
  EXPECT_EQ(decoded(*make_zstd_stream_decoder(), frame).error().kind, ErrorKind::bad_image);
}

TEST(ZstdStream, RefusesLevelsThatNeedTooMuchMemory) {
  for (const int level : {10, 12, 19, 22, 23})
    EXPECT_EQ(make_zstd_stream_encoder({.level = level, .plain_length = 100'000'000}).error().kind,
              ErrorKind::usage);
}

TEST(ZstdStream, RefusesMoreOrFewerBytesThanAnnounced) {
  for (const bool in_jobs : {false, true}) {
    const Bytes plain = wordy_bytes(1'001, 11);
    const ByteSink drop = [](ByteView) { return Result<void>{}; };
    auto more = make_zstd_stream_encoder({.in_jobs = in_jobs, .plain_length = 1'000});
    auto fewer = make_zstd_stream_encoder({.in_jobs = in_jobs, .plain_length = 1'002});

    EXPECT_EQ((*more)->feed(plain, drop).error().kind, ErrorKind::usage);
    ASSERT_TRUE((*fewer)->feed(plain, drop).has_value());
    EXPECT_EQ((*fewer)->finish(drop).error().kind, ErrorKind::usage);
  }
}

TEST(ZstdStream, EveryDamagedFrameIsAnErrorOrOtherBytes) {
  const Bytes frame = program_output("zstd -q -3 -c in > out", wordy_bytes(3'000, 12));
  for (std::size_t at = 0; at < frame.size(); ++at) {
    Bytes damaged = frame;
    damaged[at] ^= 0x55;
    const Result<Bytes> result = decoded(*make_zstd_stream_decoder(), damaged);
    if (!result) {
      ASSERT_EQ(result.error().kind, ErrorKind::bad_image);
    }
  }
}

}  // namespace
}  // namespace dunlin
