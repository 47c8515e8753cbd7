#include "core/base/bytes.h"

#include <limits>

#include <gtest/gtest.h>

namespace dunlin {

TEST(Bytes, HexGoesThereAndBack) {
  const Bytes bytes{0x00, 0x7F, 0x80, 0xFF};

  EXPECT_EQ(to_hex(bytes), "007f80ff");
  EXPECT_EQ(*from_hex("007f80FF"), bytes);
  EXPECT_EQ(*from_hex(""), Bytes());
}

TEST(Bytes, HexRefusesOddLengthsAndOtherCharacters) {
  for (const char* text : {"0", "0g", "0x", " 00", "00 ", "\xFF\xFF"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
}

TEST(Bytes, AReaderTakesWhatAWriterGave) {
  ByteWriter writer;
  writer.u8(0xAB);
  writer.u16(0x1234);
  writer.u32(0xDEADBEEF);
  writer.u64(0x0102030405060708);
  writer.varint(0);
  writer.varint(127);
  writer.varint(128);
  writer.varint(std::numeric_limits<std::uint64_t>::max());
  writer.bytes(as_bytes("end"));
  const Bytes bytes = writer.take();

  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 0xAB);
  EXPECT_EQ(reader.u16(), 0x1234);
  EXPECT_EQ(reader.u32(), 0xDEADBEEF);
  EXPECT_EQ(reader.u64(), 0x0102030405060708u);
  EXPECT_EQ(reader.varint(), 0u);
  EXPECT_EQ(reader.varint(), 127u);
  EXPECT_EQ(reader.varint(), 128u);
  EXPECT_EQ(reader.varint(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(as_text(reader.bytes(3)), "end");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(Bytes, IntegersAreLittleEndian) {
  ByteWriter writer;
  writer.u32(0x01020304);

  EXPECT_EQ(writer.written(), (Bytes{4, 3, 2, 1}));
}

TEST(Bytes, AReadPastTheEndIsZeroAndRemembered) {
  const Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);

  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0) << "for good";
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_EQ(reader.position(), 0u);

  ByteReader huge(bytes);
  EXPECT_TRUE(huge.bytes(std::numeric_limits<std::size_t>::max()).empty());
  EXPECT_FALSE(huge.ok());
}

TEST(Bytes, VarintsThatOverflowOrNeverEndAreRefused) {
  for (const Bytes& bytes : {Bytes(10, 0xFF), Bytes(11, 0x80), Bytes{0x80}, Bytes{},
                             Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}}) {
    ByteReader reader(bytes);
    reader.varint();
    EXPECT_FALSE(reader.ok()) << to_hex(bytes);
  }
}

TEST(Bytes, AllZeroLooksAtEveryByte) {
  EXPECT_TRUE(all_zero({}));
  EXPECT_TRUE(all_zero(Bytes(1000, 0)));
  for (std::size_t i : {0u, 1u, 500u, 999u}) {
    Bytes bytes(1000, 0);
    bytes[i] = 1;
    EXPECT_FALSE(all_zero(bytes)) << i;
  }
}

}  // namespace dunlin
