#include "core/codec/zstd.h"

#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

Bytes compressed(const Bytes& bytes, const Bytes& prefix = {}, int level = 3) {
  Compressor compressor(level);
  Result<ByteView> frame = compressor.compress(bytes, prefix);
  EXPECT_TRUE(frame.has_value());
  return Bytes(frame->begin(), frame->end());
}

Result<void> decompress(const Bytes& frame, std::size_t size, const Bytes& prefix = {}) {
  Bytes out(size);
  return Decompressor().decompress(frame, prefix, out);
}

TEST(Codec, RoundTripsWithAndWithoutPrefixThroughReusedContexts) {
  Compressor compressor(3);
  Decompressor decompressor;
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 300'000u}) {
    for (const Bytes& prefix : {Bytes(), random_bytes(10'000, 1), Bytes(100'000, 9)}) {
      const Bytes bytes = wordy_bytes(size, size + 1);
      Result<ByteView> frame = compressor.compress(bytes, prefix);
      ASSERT_TRUE(frame);
      Bytes out(size);
      ASSERT_TRUE(decompressor.decompress(*frame, prefix, out)) << size;
      EXPECT_EQ(out, bytes);
    }
  }
}

TEST(Codec, ReachesTheFirstByteOfTheLargestPrefixFromTheLastByteOfTheLargestSegment) {
  const Bytes unique = random_bytes(20'000, 5);
  const Bytes prefix = joined({unique, Bytes((8u << 20) - unique.size())});
  const Bytes bytes = joined({Bytes((4u << 20) - unique.size()), unique});

  const Bytes frame = compressed(bytes, prefix, 19);

  EXPECT_LT(frame.size(), 2000u);
  Bytes out(bytes.size());
  ASSERT_TRUE(Decompressor().decompress(frame, prefix, out));
  EXPECT_EQ(out, bytes);
}

TEST(Codec, ForgetsThePrefixOfTheCallBefore) {
  const Bytes bytes = random_bytes(5'000, 2);
  Compressor compressor(3);
  ASSERT_TRUE(compressor.compress(bytes, bytes));
  Result<ByteView> alone = compressor.compress(bytes, {});
  ASSERT_TRUE(alone);
  Bytes out(bytes.size());
  EXPECT_TRUE(Decompressor().decompress(*alone, {}, out));
  EXPECT_EQ(out, bytes);
}

TEST(Codec, RefusesMoreThanTheWindow) {
  const Bytes bytes(codec_window_size);
  Compressor compressor(1);
  EXPECT_EQ(compressor.compress(bytes, Bytes(1)).error().kind, ErrorKind::usage);
}

TEST(Codec, RefusesAFrameOfAnotherSizeThanDeclared) {
  const Bytes frame = compressed(Bytes(100'000));
  for (const std::size_t size : {0u, 99'999u, 100'001u}) {
    const Result<void> done = decompress(frame, size);
    ASSERT_FALSE(done) << size;
    EXPECT_EQ(done.error().kind, ErrorKind::bad_image);
  }
}

TEST(Codec, RefusesAFrameWhoseHeaderLiesAboutItsSize) {
  // A header of 4 magic bytes, a descriptor with single segment and a 4-byte size, then the size itself.
  Bytes frame = compressed(Bytes(100'000));
  ASSERT_EQ(frame[4] & 0xE0, 0xA0);
  frame[5] = 16;
  frame[6] = frame[7] = frame[8] = 0;
  const Result<void> done = decompress(frame, 16);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::bad_image);
}

TEST(Codec, RefusesEveryTruncation) {
  const Bytes frame = compressed(wordy_bytes(2'000, 3));
  for (std::size_t size = 0; size < frame.size(); ++size)
    ASSERT_FALSE(decompress(slice(frame, 0, size), 2'000)) << size;
}

TEST(Codec, RefusesTrailingBytesFurtherFramesAndSkippableFrames) {
  const Bytes frame = compressed(Bytes(100, 1));
  EXPECT_FALSE(decompress(joined({frame, Bytes(1)}), 100));
  EXPECT_FALSE(decompress(joined({frame, compressed({})}), 100));
  EXPECT_FALSE(decompress(Bytes{0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0}, 0));
}

TEST(Codec, NeverWritesOutsideItsOutputWhateverByteIsFlipped) {
  const Bytes frame = compressed(wordy_bytes(1'000, 4));
  for (std::size_t i = 0; i < frame.size(); ++i) {
    for (const int mask : {1, 0x80, 0xFF}) {
      Bytes damaged = frame;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ mask);
      Bytes out(1'000 + 64, 0xEE);
      const Result<void> done = Decompressor().decompress(damaged, {}, ByteSpan(out).first(1'000));
      if (!done) {
        EXPECT_EQ(done.error().kind, ErrorKind::bad_image);
      }
      ASSERT_TRUE(std::all_of(out.end() - 64, out.end(), [](std::uint8_t byte) { return byte == 0xEE; }));
    }
  }
}

}  // namespace
}  // namespace dunlin
