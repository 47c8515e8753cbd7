// A delta pack is never larger than the better of what was there before it: the full pack, and one frame with
// the whole base as raw prefix. What a table costs is allowed for.
#include "core/codec/zstd.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::size_t table_allowance = 600;
constexpr int thorough = 19;

std::size_t raw_prefix_size(const Bytes& target, const Bytes& base) {
  if (target.empty()) return 0;
  Compressor compressor(thorough);
  return compressor.compress(target, base)->size();
}

void expect_not_larger(const Bytes& target, const Bytes& base, const char* what) {
  EncodeOptions options;
  options.level = thorough;
  const MemorySource target_source(target);
  const MemorySource base_source(base);
  const Result<EncodedPack> delta = encode(target_source, &base_source, options);
  const Result<EncodedPack> full = encode(target_source, nullptr, options);
  ASSERT_TRUE(delta) << what;
  ASSERT_TRUE(full) << what;
  EXPECT_LE(delta->bytes.size(), full->bytes.size() + table_allowance) << what;
  EXPECT_LE(delta->bytes.size(), raw_prefix_size(target, base) + table_allowance) << what;
  EXPECT_EQ(decode(delta->bytes, base), target) << what;
}

TEST(NeverLarger, OnAnyKindOfImage) {
  const Bytes noise = random_bytes(200'000, 1);
  const Bytes text = wordy_bytes(200'000, 2);
  const Bytes zeros(200'000);
  const Bytes one(1, 7);
  expect_not_larger(noise, noise, "identical");
  expect_not_larger(noise, random_bytes(200'000, 3), "noise and other noise");
  expect_not_larger(noise, text, "noise and text");
  expect_not_larger(text, wordy_bytes(200'000, 4), "text and other text");
  expect_not_larger(zeros, noise, "all zero");
  expect_not_larger(noise, zeros, "a base of zeros");
  expect_not_larger({}, noise, "empty");
  expect_not_larger(noise, {}, "an empty base");
  expect_not_larger(one, noise, "one byte");
  expect_not_larger(one, one, "one byte, the same");
  expect_not_larger(noise, one, "a base of one byte");
}

TEST(NeverLarger, WhenManySmallPiecesAreShuffled) {
  const Bytes base = wordy_bytes(300'000, 5);
  for (const std::size_t piece : {20u, 100u, 5'000u}) {
    SeededRandom random(piece);
    Bytes target;
    while (target.size() < 150'000) {
      const std::size_t at = random.below(base.size() - piece);
      target.insert(target.end(), base.begin() + static_cast<std::ptrdiff_t>(at),
                    base.begin() + static_cast<std::ptrdiff_t>(at + piece));
    }
    expect_not_larger(target, base, std::to_string(piece).c_str());
  }
}

TEST(NeverLarger, WhenABitOfEveryFewBytesChanged) {
  for (const std::size_t step : {3u, 16u, 300u}) {
    const Bytes base = random_bytes(150'000, step);
    Bytes target = base;
    for (std::size_t at = 0; at < target.size(); at += step) target[at] ^= 1;
    expect_not_larger(target, base, std::to_string(step).c_str());
  }
}

// As an encrypted image looks after an edit: everything behind it differs.
TEST(NeverLarger, WhenEverythingAfterAnEditDiffers) {
  const Bytes base = random_bytes(300'000, 8);
  expect_not_larger(joined({slice(base, 0, 100'000), random_bytes(200'000, 9)}), base, "encrypted-looking");
}

}  // namespace
}  // namespace dunlin
