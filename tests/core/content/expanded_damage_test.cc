// Whatever happens to an expanded pack on its way: the right image or an error, never other bytes.
#include "tests/fakes/encoded_images.h"
#include "tests/fakes/made_packs.h"

namespace dunlin {
namespace {

ExpandedPack small_pack(std::size_t layers) {
  return expanded_pack(ExpandedPair(4'000, layers, 21, {quick_packings[0]}), 500);
}

void expect_right_or_refused(const ExpandedPack& original, const Bytes& damaged, std::size_t at) {
  const Result<Bytes> image = decode(damaged, original.base);
  if (image) {
    ASSERT_EQ(*image, original.target) << at;
  }
  if (!image) {
    ASSERT_EQ(image.error().kind, ErrorKind::bad_image) << at;
  }
}

TEST(ExpandedPackDamage, OfAnyOneByteIsNoticed) {
  for (const std::size_t layers : {1u, 2u}) {
    const ExpandedPack original = small_pack(layers);
    ASSERT_LT(original.bytes.size(), 6'000u);
    const std::uint64_t table_end = *pack_table_end(original.bytes);
    for (std::size_t i = 0; i < original.bytes.size(); ++i) {
      Bytes damaged = original.bytes;
      damaged[i] ^= static_cast<std::uint8_t>(1u << (i % 8));
      if (i < table_end) {
        ASSERT_FALSE(parse_pack_table(MemorySource(damaged))) << i;
      }
      if (i >= table_end) expect_right_or_refused(original, damaged, i);
    }
  }
}

TEST(ExpandedPackDamage, ByTruncationIsNoticed) {
  const ExpandedPack original = small_pack(1);
  for (std::size_t size = 0; size < original.bytes.size(); ++size)
    ASSERT_FALSE(decode(slice(original.bytes, 0, size), original.base)) << size;
}

TEST(ExpandedPackDamage, OfTheBaseIsNoticedWhereverTheSegmentsUseIt) {
  const ExpandedPack original = small_pack(2);
  for (std::size_t at = 0; at < original.base.size(); at += 7) {
    ExpandedPack damaged = original;
    damaged.base[at] ^= 1;
    expect_right_or_refused(damaged, damaged.bytes, at);
  }
}

}  // namespace
}  // namespace dunlin
