// What all block codecs have in common; that they agree with mksquashfs is shown in tests/core/expand.
#include "core/codec/lz4_block.h"
#include "core/codec/lzma_xz.h"
#include "core/codec/lzo_block.h"
#include "core/codec/zlib_block.h"
#include "core/codec/zstd_block.h"
#include "tests/fakes/made_bytes.h"

namespace dunlin {
namespace {

std::vector<std::unique_ptr<BlockCodec>> all_block_codecs() {
  std::vector<std::unique_ptr<BlockCodec>> codecs;
  codecs.push_back(make_zstd_block_codec(15));
  codecs.push_back(make_zlib_block_codec({}));
  codecs.push_back(make_xz_block_codec({.dictionary_size = 128u << 10}));
  codecs.push_back(make_xz_block_codec({.dictionary_size = 128u << 10, .filter = 1}));
  codecs.push_back(make_lz4_block_codec(1));
  codecs.push_back(make_lz4hc_block_codec(12));
  for (const std::uint32_t algorithm : {0U, 1U, 2U, 3U}) codecs.push_back(make_lzo_block_codec(algorithm, 0));
  codecs.push_back(make_lzo_block_codec(4, 8));
  return codecs;
}

TEST(BlockCodecs, GiveBackWhatTheyPacked) {
  for (const auto& codec : all_block_codecs()) {
    for (const std::size_t size : {1, 100, 8'192, 131'072}) {
      const Bytes plain = wordy_bytes(size, size);
      Bytes packed;
      Bytes room(size + 10);

      ASSERT_TRUE(codec->encode(plain, packed).has_value());
      const Result<std::size_t> held = codec->decode(packed, room);

      ASSERT_TRUE(held.has_value());
      ASSERT_EQ(slice(room, 0, *held), plain);
    }
  }
}

TEST(BlockCodecs, PackTheSameWhateverWasPackedBefore) {
  for (const auto& codec : all_block_codecs()) {
    Bytes first;
    Bytes other;
    Bytes again;
    ASSERT_TRUE(codec->encode(wordy_bytes(50'000, 1), first).has_value());
    ASSERT_TRUE(codec->encode(wordy_bytes(70'000, 2), other).has_value());
    ASSERT_TRUE(codec->encode(wordy_bytes(50'000, 1), again).has_value());

    EXPECT_EQ(first, again);
  }
}

TEST(BlockCodecs, RefuseMoreThanThereIsRoomFor) {
  for (const auto& codec : all_block_codecs()) {
    Bytes packed;
    Bytes room(999);
    ASSERT_TRUE(codec->encode(wordy_bytes(1'000, 3), packed).has_value());

    EXPECT_EQ(codec->decode(packed, room).error().kind, ErrorKind::bad_image);
  }
}

TEST(BlockCodecs, SurviveTruncationAndEveryDamagedByte) {
  for (const auto& codec : all_block_codecs()) {
    const Bytes plain = wordy_bytes(600, 4);
    Bytes packed;
    Bytes room(plain.size());
    ASSERT_TRUE(codec->encode(plain, packed).has_value());
    for (std::size_t at = 0; at < packed.size(); ++at) {
      Bytes damaged = packed;
      damaged[at] ^= 0x29;
      const Result<std::size_t> flipped = codec->decode(damaged, room);
      if (!flipped) {
        ASSERT_EQ(flipped.error().kind, ErrorKind::bad_image);
      }
      const Result<std::size_t> cut = codec->decode(ByteView(packed).first(at), room);
      ASSERT_TRUE(!cut || *cut < plain.size() || slice(room, 0, *cut) == plain);
    }
  }
}

TEST(BlockCodecs, AreNotMadeOfParametersThatDoNotExist) {
  EXPECT_EQ(make_zlib_block_codec({.level = 10}), nullptr);
  EXPECT_EQ(make_zlib_block_codec({.window_bits = 20}), nullptr);
  EXPECT_EQ(make_xz_block_codec({.dictionary_size = 64u << 20}), nullptr);
  EXPECT_EQ(make_xz_block_codec({.dictionary_size = 8192, .filter = 7}), nullptr);
  EXPECT_EQ(make_lzo_block_codec(5, 0), nullptr);
  EXPECT_EQ(make_lzo_block_codec(4, 0), nullptr);
}

}  // namespace
}  // namespace dunlin
