#include "core/codec/lzma_raw.h"

#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

TEST(LzmaRaw, RoundTripsWithEveryKindOfModel) {
  for (const LzmaModel model :
       {LzmaModel{3, 0, 2}, LzmaModel{0, 2, 2}, LzmaModel{0, 0, 0}, LzmaModel{4, 0, 4}}) {
    for (const std::size_t size : {0u, 1u, 4'096u, 50'000u}) {
      const Bytes bytes = wordy_bytes(size, size + 1);
      Result<Bytes> stream = compress_lzma(bytes, model);
      ASSERT_TRUE(stream);
      Bytes out(size);
      ASSERT_TRUE(decompress_lzma(*stream, model, out)) << size;
      EXPECT_EQ(out, bytes);
    }
  }
}

TEST(LzmaRaw, RefusesAnotherSizeAnotherEndAndAModelThatDoesNotExist) {
  const Bytes bytes = wordy_bytes(5'000, 1);
  const Bytes stream = *compress_lzma(bytes, {});
  for (const std::size_t size : {0u, 4'999u, 5'001u}) {
    Bytes out(size);
    EXPECT_FALSE(decompress_lzma(stream, {}, out)) << size;
  }
  Bytes out(5'000);
  EXPECT_FALSE(decompress_lzma(joined({stream, {0}}), {}, out));
  for (std::size_t size = 0; size < stream.size(); size += 7)
    EXPECT_FALSE(decompress_lzma(ByteView(stream).first(size), {}, out)) << size;
  EXPECT_FALSE(decompress_lzma(stream, {4, 1, 0}, out));
  EXPECT_FALSE(decompress_lzma(stream, {0, 0, 5}, out));
}

TEST(LzmaRaw, SurvivesEveryFlippedByte) {
  const Bytes bytes = wordy_bytes(2'000, 1);
  const Bytes stream = *compress_lzma(bytes, {});
  Bytes out(2'000);
  for (std::size_t i = 0; i < stream.size(); ++i) {
    Bytes damaged = stream;
    damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x21);
    const Result<void> done = decompress_lzma(damaged, {}, out);
    EXPECT_TRUE(done.has_value() || done.error().kind == ErrorKind::bad_image);
  }
}

}  // namespace
}  // namespace dunlin
