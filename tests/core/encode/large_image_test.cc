// Images beyond 2^31 and 2^32 bytes: zeros that cost nothing, with data at the far end and around the
// borders.
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

// Data across `border` and at the end; `shift` moves the former.
SparseSource large_image(std::uint64_t size, std::uint64_t border, std::uint64_t shift) {
  return SparseSource(
      size, {{border - 5'000 + shift, random_bytes(10'000, 1)}, {size - 3'001, random_bytes(3'001, 2)}});
}

// Compares segment by segment; the image's own digest was checked when the pack was made.
void expect_decodes(const Bytes& pack_bytes, const ByteSource& target, const ByteSource* base) {
  const MemorySource pack(pack_bytes);
  const PackTable table = *parse_pack_table(pack);
  ASSERT_EQ(table.target_size, target.size());
  Assembler assembler(table, pack, base);
  Bytes expected;
  for (std::size_t i = 0; i < table.segments.size(); ++i) {
    const Segment& segment = table.segments[i];
    assembler.use_written(target, segment.target_offset);
    const Result<ByteView> bytes = assembler.decode(i);
    ASSERT_TRUE(bytes) << bytes.error().message;
    if (segment.encoding == SegmentEncoding::zero) continue;
    expected.resize(segment.target_length);
    ASSERT_TRUE(target.read(segment.target_offset, expected));
    ASSERT_TRUE(std::ranges::equal(*bytes, expected)) << segment.target_offset;
  }
}

TEST(LargeImage, BeyondTwoGibibytesFitsAFullPack) {
  const SparseSource target = large_image(2 * gib + 100'001, 2 * gib, 0);
  const Result<EncodedPack> pack = encode(target, nullptr);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_LT(pack->bytes.size(), 20'000u);
  expect_decodes(pack->bytes, target, nullptr);
}

TEST(LargeImage, FiveGibibytesFitADeltaPackWhoseContentMovedAcrossABorder) {
  const SparseSource base = large_image(5 * gib, 4 * gib, 0);
  const SparseSource target = large_image(5 * gib, 4 * gib, 4'000);
  EncodeOptions options = quick();
  options.threads = 2;
  const Result<EncodedPack> pack = encode(target, &base, options);
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_LT(pack->bytes.size(), 3'000u);
  expect_decodes(pack->bytes, target, &base);
}

}  // namespace
}  // namespace dunlin
