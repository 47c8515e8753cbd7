#include "core/base/digest.h"

#include <gtest/gtest.h>

namespace dunlin {

// FIPS 180-4 examples.
TEST(Digest, MatchesThePublishedValues) {
  EXPECT_EQ(sha256({}).hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(as_bytes("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha512(as_bytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
            "454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digest, PartsGiveTheSameAsTheWhole) {
  const Bytes bytes(100'000, 'a');
  for (std::size_t part : {1u, 63u, 64u, 65u, 4096u, 100'000u}) {
    Sha256 sum;
    for (std::size_t at = 0; at < bytes.size(); at += part)
      sum.add(ByteView(bytes).subspan(at, std::min(part, bytes.size() - at)));
    EXPECT_EQ(sum.finish(), sha256(bytes)) << part;
  }
}

TEST(Digest, ComesBackFromItsHex) {
  const Digest digest = sha256(as_bytes("x"));

  EXPECT_EQ(*Digest::from_hex(digest.hex()), digest);
  EXPECT_FALSE(Digest::from_hex(digest.hex().substr(2)));
  EXPECT_FALSE(Digest::from_hex(digest.hex() + "00"));
  EXPECT_FALSE(Digest::from_hex(std::string(64, 'x')));
}

}  // namespace dunlin
