#include "core/trust/signature.h"

#include <gtest/gtest.h>

#include "core/trust/tuf_key.h"

namespace dunlin {

namespace {

std::array<std::uint8_t, 32> seed_from(std::string_view hex) {
  std::array<std::uint8_t, 32> seed{};
  const Bytes bytes = *from_hex(hex);
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return seed;
}

}  // namespace

// RFC 8032, section 7.1, tests 1 and 2.
TEST(Signature, MatchesTheVectorsOfRfc8032) {
  const auto one = Ed25519SecretKey::from_seed(
      seed_from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(to_hex(one.public_key().bytes),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(to_hex(one.sign({})),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0"
            "595bbe24655141438e7a100b");
  const auto two = Ed25519SecretKey::from_seed(
      seed_from("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  const Bytes message{0x72};
  EXPECT_EQ(to_hex(two.sign(message)),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eae"
            "b4302aeeb00d291612bb0c00");
}

TEST(Signature, AcceptsOnlyTheVeryMessageKeyAndSignature) {
  const auto key = Ed25519SecretKey::generate();
  Bytes message = to_bytes("a release");
  const auto signature = key.sign(message);
  ASSERT_TRUE(verify_ed25519(key.public_key(), message, signature));

  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto bad = signature;
    bad[i] ^= 1;
    EXPECT_FALSE(verify_ed25519(key.public_key(), message, bad));
  }
  EXPECT_FALSE(verify_ed25519(key.public_key(), message, ByteView(signature).first(63)));
  EXPECT_FALSE(verify_ed25519(key.public_key(), message, {}));
  EXPECT_FALSE(verify_ed25519(Ed25519SecretKey::generate().public_key(), message, signature));
  message[0] ^= 1;
  EXPECT_FALSE(verify_ed25519(key.public_key(), message, signature));
}

TEST(Signature, RefusesAKeyOfSmallOrder) {
  EXPECT_FALSE(verify_ed25519(Ed25519PublicKey{}, to_bytes("x"), Bytes(64, 0)));
}

TEST(Signature, NewKeysDiffer) {
  EXPECT_NE(Ed25519SecretKey::generate().public_key(), Ed25519SecretKey::generate().public_key());
}

TEST(TufKey, IdIsTheDigestOfTheCanonicalKey) {
  Ed25519PublicKey key;
  key.bytes.fill(0xAB);
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "ab";

  EXPECT_EQ(key_id(key), sha256(as_bytes(R"({"keytype":"ed25519","keyval":{"public":")" + hex +
                                         R"("},"scheme":"ed25519"})"))
                             .hex());
}

TEST(TufKey, UnknownTypesHaveNoScheme) {
  EXPECT_NE(find_signature_scheme("ed25519", "ed25519"), nullptr);
  EXPECT_EQ(find_signature_scheme("ed25519", "rsassa-pss-sha256"), nullptr);
  EXPECT_EQ(find_signature_scheme("gpg", "gpg"), nullptr);
  EXPECT_FALSE(PublicKey{}.verify({}, Bytes(64, 0)));
}

}  // namespace dunlin
