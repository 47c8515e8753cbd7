#include "core/trust/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/trust/key_ring.h"
#include "tests/fakes/fake_disk.h"

namespace dunlin {

namespace {

constexpr SecretBoxCost cheap{1, 8192};

// One passphrase for everything, and who asked for it.
class OnePassphrase final : public Passphrases {
 public:
  explicit OnePassphrase(std::string text) : text_(std::move(text)) {}
  Result<std::string> passphrase_of(const std::string& role, const std::string& /*key_id*/) override {
    asked.push_back(role);
    return text_;
  }
  std::vector<std::string> asked;

 private:
  std::string text_;
};

KeyFile sealed_key() {
  return *seal_key(make_key("targets"), "correct horse", cheap);
}

}  // namespace

TEST(KeyFile, APlainOneComesBackFromItsFile) {
  const KeyFile key = make_key("targets");

  auto again = parse_key_file(to_json(key));

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->role, "targets");
  EXPECT_EQ(again->id, key.id);
  EXPECT_EQ(open_key(*again, "")->seed(), open_key(key, "")->seed());
  EXPECT_EQ(key.file_name(), "targets-" + key.id.substr(0, 8) + ".json");
}

TEST(KeyFile, ASealedOneOpensWithItsPassphraseOnly) {
  const KeyFile key = make_key("root");
  const KeyFile sealed = *seal_key(key, "correct horse", cheap);
  EXPECT_EQ(to_json(sealed).find(to_hex(open_key(key, "")->seed())), std::string::npos);

  auto again = parse_key_file(to_json(sealed));

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(open_key(*again, "correct horse")->seed(), open_key(key, "")->seed());
  EXPECT_THAT(open_key(*again, "wrong horse").error().message, testing::HasSubstr("passphrase"));
  EXPECT_FALSE(open_key(*again, ""));
}

TEST(KeyFile, ThePublicHalfHasNoSecret) {
  const KeyFile key = make_key("root");
  const KeyFile half = public_half(key);

  EXPECT_EQ(half.file_name(), "root-" + key.id.substr(0, 8) + ".pub");
  EXPECT_EQ(to_json(half).find("private"), std::string::npos);
  EXPECT_EQ(parse_key_file(to_json(half))->id, key.id);
  EXPECT_FALSE(open_key(half, ""));
}

TEST(KeyFile, RefusesEveryFlipAndTruncation) {
  for (const std::string& good : {to_json(make_key("targets")), to_json(public_half(make_key("root")))}) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 1);
      EXPECT_FALSE(parse_key_file(bad)) << "byte " << i;
    }
    for (std::size_t size = 0; size + 1 < good.size(); ++size)
      EXPECT_FALSE(parse_key_file(good.substr(0, size)));
  }
}

TEST(KeyFile, NoFlipOfASealedOneOpensAsSomethingElse) {
  const std::string good = to_json(sealed_key());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    auto parsed = parse_key_file(bad);
    if (!parsed) continue;
    EXPECT_FALSE(open_key(*parsed, "correct horse")) << "byte " << i;
  }
}

TEST(KeyFile, ACostThatNobodyWouldPayIsRefusedUnpaid) {
  KeyFile key = sealed_key();
  std::get<SecretBox>(key.secret).cost = {1'000'000, 8192};
  EXPECT_THAT(open_key(key, "correct horse").error().message, testing::HasSubstr("does not make"));
  std::get<SecretBox>(key.secret).cost = {1, std::uint64_t{1} << 40};
  EXPECT_THAT(open_key(key, "correct horse").error().message, testing::HasSubstr("does not make"));
}

TEST(KeyRing, OpensAKeyWhenItSignsAndOnlyOnce) {
  FakeDisk disk;
  ASSERT_TRUE(save_key(disk, "/keys", sealed_key()));
  ASSERT_TRUE(save_key(disk, "/keys", *seal_key(make_key("root"), "another", cheap)));
  OnePassphrase passphrases("correct horse");
  Result<KeyRing> ring = KeyRing::load(disk, "/keys", passphrases);
  ASSERT_TRUE(ring) << ring.error().message;
  ASSERT_EQ(ring->keys().size(), 2U);
  EXPECT_TRUE(passphrases.asked.empty());

  const KeyFile& key = ring->keys()[1];
  ASSERT_EQ(key.role, "targets");
  ASSERT_TRUE(ring->sign(key, as_bytes("a")));
  ASSERT_TRUE(ring->sign(key, as_bytes("b")));

  EXPECT_EQ(passphrases.asked, std::vector<std::string>{"targets"});
  EXPECT_THAT(ring->sign(ring->keys()[0], as_bytes("a")).error().message,
              testing::AllOf(testing::HasSubstr("root key"), testing::HasSubstr("passphrase")));
}

TEST(KeyRing, SealsWhatIsPlain) {
  FakeDisk disk;
  OnePassphrase passphrases("correct horse");
  KeyRing ring;
  ring.add(make_key("snapshot"));
  ASSERT_TRUE(ring.seal(passphrases, cheap));
  ASSERT_TRUE(ring.save(disk, "/keys"));

  Result<KeyRing> again = KeyRing::load(disk, "/keys", passphrases);

  ASSERT_TRUE(again);
  EXPECT_TRUE(std::holds_alternative<SecretBox>(again->keys()[0].secret));
  EXPECT_TRUE(again->sign(again->keys()[0], as_bytes("a")));
}

}  // namespace dunlin
