#include "core/codec/lzma_xz.h"

#include "tests/core/codec/made_streams.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

TEST(LzmaXz, ClosesStreamsAsTheProgramDoes) {
  const Bytes plain = joined({wordy_bytes(400'000, 1), random_bytes(50'000, 2)});
  const Bytes fast = program_output("xz -0 -T1 -c in > out", plain);
  const Bytes extreme = program_output("xz -1e --check=crc32 -T1 -c in > out", plain);

  EXPECT_EQ(encoded(*make_xz_stream_encoder({.preset = 0, .check = 4}), plain), fast);
  EXPECT_EQ(encoded(*make_xz_stream_encoder({.preset = 17, .check = 1}), plain, 5'000), extreme);
}

TEST(LzmaXz, DecodesStreamsWithSmallDictionaries) {
  const Bytes plain = wordy_bytes(300'000, 3);

  EXPECT_EQ(*decoded(*make_xz_stream_decoder(), program_output("xz -2 -c in > out", plain)), plain);
  EXPECT_EQ(decoded(*make_xz_stream_decoder(), program_output("cat in | xz -6 -c > out", plain)).error().kind,
            ErrorKind::bad_image);
}

TEST(LzmaXz, HasNoEncoderForLargeDictionaries) {
  EXPECT_EQ(make_xz_stream_encoder({.preset = 6}), nullptr);
  EXPECT_EQ(make_xz_stream_encoder({.preset = 200}), nullptr);
}

TEST(LzmaXz, EveryDamagedStreamIsAnErrorOrTheSame) {
  const Bytes plain = wordy_bytes(300, 4);
  const Bytes stream = encoded(*make_xz_stream_encoder({.preset = 0}), plain);
  for (std::size_t at = 0; at < stream.size(); ++at) {
    Bytes damaged = stream;
    damaged[at] ^= 0x55;
    const Result<Bytes> result = decoded(*make_xz_stream_decoder(), damaged);
    if (!result) {
      ASSERT_EQ(result.error().kind, ErrorKind::bad_image);
    }
  }
}

}  // namespace
}  // namespace dunlin
