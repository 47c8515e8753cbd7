#include "core/codec/zlib_stream.h"

#include "tests/core/codec/made_streams.h"
#include "tests/fakes/program_output.h"

namespace dunlin {
namespace {

constexpr std::size_t header_size = 10;
constexpr std::size_t trailer_size = 8;

Bytes deflate_part(const Bytes& gzip) {
  return slice(gzip, header_size, gzip.size() - trailer_size);
}

TEST(ZlibStream, ClosesWhatZlibPacked) {
  const Bytes plain = joined({wordy_bytes(700'000, 1), random_bytes(100'000, 2)});
  for (const int level : {1, 6, 9}) {
    const Bytes gzip = program_output(
        "python3 -c 'import gzip; open(\"out\", \"wb\").write(gzip.compress(open(\"in\", \"rb\").read(), " +
            std::to_string(level) + ", mtime=0))'",
        plain);
    EXPECT_TRUE(encoded(*make_deflate_encoder(level, 8), plain, 30'000) == deflate_part(gzip)) << level;
  }
}

TEST(ZlibStream, DecodesWhatGzipPacked) {
  const Bytes plain = wordy_bytes(500'000, 3);
  const Bytes gzip = program_output("gzip -nc in > out", plain);

  EXPECT_EQ(*decoded(*make_inflate_decoder(), deflate_part(gzip)), plain);
  EXPECT_EQ(*decoded(*make_inflate_decoder(), slice(gzip, header_size, gzip.size())), plain);
}

TEST(ZlibStream, GivesOutTheSameHoweverItIsCut) {
  const Bytes plain = wordy_bytes(300'000, 4);

  EXPECT_EQ(encoded(*make_deflate_encoder(6, 8), plain, 1'000'000),
            encoded(*make_deflate_encoder(6, 8), plain, 999));
}

TEST(ZlibStream, RefusesDamagedStreams) {
  Bytes stream = encoded(*make_deflate_encoder(6, 8), wordy_bytes(10'000, 5));
  stream[0] = 0xFF;

  EXPECT_EQ(decoded(*make_inflate_decoder(), stream).error().kind, ErrorKind::bad_image);
  EXPECT_EQ(make_deflate_encoder(0, 8), nullptr);
}

}  // namespace
}  // namespace dunlin
