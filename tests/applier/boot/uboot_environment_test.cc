#include "applier/boot/uboot_environment.h"

#include <gtest/gtest.h>

namespace dunlin {

namespace {

const BootVariables three_variables{{"BOOT_A_LEFT", "3"}, {"BOOT_B_LEFT", "3"}, {"BOOT_ORDER", "B A"}};
constexpr const char* redundant_flags_7 =
    "f5fcc17f07424f4f545f415f4c4546543d3300424f4f545f425f4c4546543d3300424f4f545f4f524445523d4220410000000000"
    "000000000000000000000000";

}  // namespace

TEST(UbootEnvironment, ComputesTheChecksumOfZlib) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(crc32({}), 0u);
}

TEST(UbootEnvironment, WritesTheBytesThatUbootToolsWrite) {
  Result<Bytes> bytes = serialise_uboot_copy({7, three_variables}, 0x40);

  ASSERT_TRUE(bytes);
  EXPECT_EQ(to_hex(*bytes), redundant_flags_7);
}

TEST(UbootEnvironment, ReadsThemBack) {
  Result<UbootCopy> copy = parse_uboot_copy(*from_hex(redundant_flags_7));

  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->flags, 7);
  EXPECT_EQ(copy->variables, three_variables);
}

TEST(UbootEnvironment, RefusesEveryOneBitFlipOfChecksumAndData) {
  const Bytes good = *from_hex(redundant_flags_7);
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (i == 4) continue;  // the flags are outside the checksum
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = good;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ (1 << bit));
      EXPECT_FALSE(parse_uboot_copy(damaged)) << i;
    }
  }
}

TEST(UbootEnvironment, RefusesEveryTruncation) {
  const Bytes good = *from_hex(redundant_flags_7);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_uboot_copy(ByteView(good).first(size)));
}

TEST(UbootEnvironment, RefusesDataThatAreNoListOfVariables) {
  for (std::string data : {std::string("novalue\0\0", 9), std::string("=x\0\0", 4), std::string(100, 'x')}) {
    data.resize(100, data.size() == 100 ? 'x' : '\0');
    ByteWriter writer;
    writer.u32(crc32(as_bytes(data)));
    writer.u8(1);
    writer.bytes(as_bytes(data));
    EXPECT_FALSE(parse_uboot_copy(writer.written()));
  }
}

TEST(UbootEnvironment, RefusesVariablesThatDoNotFit) {
  const Result<Bytes> bytes = serialise_uboot_copy({1, {{"name", std::string(60, 'x')}}}, 64);

  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().message.find("has 64"), std::string::npos);
}

TEST(UbootEnvironment, LeavesOutVariablesWithoutValue) {
  Result<Bytes> bytes = serialise_uboot_copy({1, {{"gone", ""}, {"here", "1"}}}, 64);

  EXPECT_EQ(parse_uboot_copy(*bytes)->variables, (BootVariables{{"here", "1"}}));
}

TEST(UbootEnvironment, TakesTheHigherFlagsAsNewerAndZeroAfter255) {
  EXPECT_EQ(newer_uboot_copy(7, 6), 0);
  EXPECT_EQ(newer_uboot_copy(6, 7), 1);
  EXPECT_EQ(newer_uboot_copy(3, 3), 0);
  EXPECT_EQ(newer_uboot_copy(255, 0), 1);
  EXPECT_EQ(newer_uboot_copy(0, 255), 0);
  EXPECT_EQ(newer_uboot_copy(254, 255), 1);
}

}  // namespace dunlin
