#include "applier/client/slot_write.h"

#include <gtest/gtest.h>

#include "applier/client/protocol.h"

namespace dunlin {

TEST(SlotWrite, IsReadBackWithOffsetsBeyond32Bits) {
  const std::string message = encode_slot_write(5'000'000'000, as_bytes("bytes"));

  Result<SlotWrite> write = parse_slot_write(message);

  ASSERT_TRUE(write);
  EXPECT_EQ(write->offset, 5'000'000'000u);
  EXPECT_EQ(as_text(write->bytes), "bytes");
}

TEST(SlotWrite, IsNeverTakenForJsonNorJsonForIt) {
  EXPECT_TRUE(is_slot_write(encode_slot_write(0, as_bytes("{}"))));
  EXPECT_FALSE(is_slot_write(encode(Request{})));
  EXPECT_FALSE(parse_request(encode_slot_write(0, as_bytes("{}"))));
  EXPECT_FALSE(parse_slot_write(encode(Request{})));
}

TEST(SlotWrite, CutOffAnywhereIsRefused) {
  const std::string message = encode_slot_write(7, as_bytes("x"));
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_FALSE(parse_slot_write(std::string_view(message).substr(0, size))) << size;
}

TEST(SlotWrite, HoldsAtMostOneMebibyte) {
  const Bytes most(slot_write_size_max, 1);
  std::string message = encode_slot_write(0, most);

  EXPECT_TRUE(parse_slot_write(message));
  EXPECT_LE(message.size(), applier_message_size_max);
  EXPECT_FALSE(parse_slot_write(message + "x"));
}

TEST(SlotWrite, MayNotEndBeyond64Bits) {
  EXPECT_FALSE(parse_slot_write("W" + std::string(8, '\xff') + "x"));
}

}  // namespace dunlin
