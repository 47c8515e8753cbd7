// Whatever happens to a pack on its way: the decoder gives the right image or an error, never other bytes.
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

struct Case {
  Bytes target;
  Bytes base;
  Bytes pack;
};

Case full_case() {
  const Bytes target = joined({wordy_bytes(1'500, 1), Bytes(600'000), random_bytes(100, 2)});
  return {target, {}, full_pack(target)};
}

Case delta_case() {
  const Bytes base = random_bytes(300'000, 3);
  const Bytes target =
      joined({slice(base, 0, 270'336), wordy_bytes(1'000, 4), slice(base, 290'000, 300'000)});
  return {target, base, delta_pack(target, base)};
}

void expect_right_or_refused(const Case& original, const Bytes& damaged, std::size_t at) {
  const Result<Bytes> image = decode(damaged, original.base);
  if (image) {
    ASSERT_EQ(*image, original.target) << at;
  }
  if (!image) {
    ASSERT_EQ(image.error().kind, ErrorKind::bad_image) << at;
  }
}

TEST(PackDamage, OfAnyOneByteIsNoticed) {
  for (const Case& original : {full_case(), delta_case()}) {
    ASSERT_LT(original.pack.size(), 4'000u);
    const std::uint64_t table_end = *pack_table_end(original.pack);
    for (std::size_t i = 0; i < original.pack.size(); ++i) {
      Bytes damaged = original.pack;
      damaged[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
      if (i < table_end) {
        ASSERT_FALSE(parse_pack_table(MemorySource(damaged))) << i;
      }
      if (i >= table_end) expect_right_or_refused(original, damaged, i);
    }
  }
}

TEST(PackDamage, ByTruncationIsNoticed) {
  for (const Case& original : {full_case(), delta_case()})
    for (std::size_t size = 0; size < original.pack.size(); ++size) {
      const Result<Bytes> image = decode(slice(original.pack, 0, size), original.base);
      ASSERT_FALSE(image) << size;
      ASSERT_EQ(image.error().kind, ErrorKind::bad_image) << size;
    }
}

TEST(PackDamage, ByRandomBytesIsNoticed) {
  const Case original = delta_case();
  SeededRandom random(5);
  for (int round = 0; round < 300; ++round) {
    Bytes damaged = original.pack;
    const std::size_t at = random.below(damaged.size());
    random.fill(ByteSpan(damaged).subspan(at, random.below(damaged.size() - at) + 1));
    expect_right_or_refused(original, damaged, at);
  }
}

TEST(PackDamage, OfTheBaseIsNoticedWhereverTheSegmentsUseIt) {
  const Case original = delta_case();
  for (std::size_t at = 0; at < original.base.size(); at += 4'999) {
    Case damaged = original;
    damaged.base[at] ^= 1;
    expect_right_or_refused(damaged, damaged.pack, at);
  }
}

TEST(PackDamage, FilesThatAreNoPacksAreRefused) {
  for (const Bytes& bytes : {Bytes(), Bytes(1), Bytes(160), random_bytes(5'000, 6), to_bytes("DUNLINPK")})
    EXPECT_EQ(decode(bytes).error().kind, ErrorKind::bad_image);
}

}  // namespace
}  // namespace dunlin
