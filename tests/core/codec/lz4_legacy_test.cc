#include "core/codec/lz4_legacy.h"

#include "tests/core/codec/made_streams.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

TEST(Lz4Legacy, ClosesFramesAsTheProgramDoes) {
  for (const int level : {1, 2, 3, 9, 12}) {
    const Bytes plain = joined({wordy_bytes(level == 1 ? 8'400'000 : 500'000, 1), random_bytes(100'000, 2)});
    const Bytes frame = program_output("lz4 -q -l -" + std::to_string(level) + " in out", plain);
    ASSERT_TRUE(encoded(*make_lz4_legacy_encoder(level), plain) == frame) << level;
  }
}

TEST(Lz4Legacy, DecodesWhatTheProgramPacked) {
  const Bytes plain = wordy_bytes(8'500'000, 3);
  const Bytes frame = program_output("lz4 -q -l -1 in out", plain);

  EXPECT_TRUE(*decoded(*make_lz4_legacy_decoder(), frame) == plain);
}

TEST(Lz4Legacy, TakesABlockOnlyWhenItIsWanted) {
  const Bytes plain = joined({wordy_bytes(lz4_legacy_block_size, 6), random_bytes(900'000, 7)});
  const Bytes frame = encoded(*make_lz4_legacy_encoder(1), plain);
  const std::size_t second_block = encoded(*make_lz4_legacy_encoder(1), random_bytes(900'000, 7)).size() - 4;
  const std::unique_ptr<StreamDecoder> decoder = make_lz4_legacy_decoder();
  Bytes out(lz4_legacy_block_size);

  const Result<StreamProgress> progress = decoder->decode(frame, out);

  EXPECT_EQ(progress->produced, out.size());
  EXPECT_EQ(progress->consumed, frame.size() - second_block);
}

TEST(Lz4Legacy, RefusesOtherMagicAndImpossibleBlocks) {
  Bytes frame = encoded(*make_lz4_legacy_encoder(1), wordy_bytes(1'000, 4));
  Bytes other_magic = frame;
  other_magic[0] ^= 1;
  Bytes long_block = frame;
  long_block[7] = 0x7F;

  EXPECT_EQ(decoded(*make_lz4_legacy_decoder(), other_magic).error().kind, ErrorKind::bad_image);
  EXPECT_EQ(decoded(*make_lz4_legacy_decoder(), long_block).error().kind, ErrorKind::bad_image);
}

TEST(Lz4Legacy, EveryDamagedFrameIsAnErrorOrOtherBytes) {
  const Bytes frame = encoded(*make_lz4_legacy_encoder(1), wordy_bytes(300, 5));
  for (std::size_t at = 0; at < frame.size(); ++at) {
    Bytes damaged = frame;
    damaged[at] ^= 0x55;
    const Result<Bytes> result = decoded(*make_lz4_legacy_decoder(), damaged);
    if (!result) {
      ASSERT_EQ(result.error().kind, ErrorKind::bad_image);
    }
  }
}

}  // namespace
}  // namespace dunlin
