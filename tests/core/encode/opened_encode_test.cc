// The publisher's whole way over images with compressed content, made by the programs that people use: what
// changed inside is found, costs little, and comes back bit for bit.
#include "tests/fakes/encoded_images.h"
#include "tests/fakes/squashfs_image.h"

namespace dunlin {
namespace {

PackTable table_of_pack(const Bytes& pack) {
  Result<PackTable> table = parse_pack_table(MemorySource(pack));
  EXPECT_TRUE(table.has_value());
  return table ? std::move(*table) : PackTable{};
}

Bytes frame_of(const Bytes& plain) {
  return program_output("zstd -q -3 -c in > out", plain);
}

Bytes with_changes(Bytes plain, std::size_t step) {
  for (std::size_t at = step / 2; at < plain.size(); at += step) plain[at] ^= 0x21;
  return plain;
}

// An image with a frame in the middle of other content.
Bytes image_around(const Bytes& frame, std::uint64_t seed) {
  return joined({wordy_bytes(200'000, seed), frame, random_bytes(100'000, seed + 1)});
}

struct OpenedCase {
  Bytes base;
  Bytes target;
};

OpenedCase changed_frame(std::size_t size, std::size_t step) {
  const Bytes plain = wordy_bytes(size, 1);
  return {image_around(frame_of(plain), 2), image_around(frame_of(with_changes(plain, step)), 2)};
}

Bytes encoded(const OpenedCase& images, const EncodeOptions& options) {
  const MemorySource base(images.base);
  const Result<EncodedPack> pack = encode(MemorySource(images.target), &base, options);
  EXPECT_TRUE(pack.has_value());
  return pack ? pack->bytes : Bytes();
}

TEST(OpenedEncode, ComparesFramesInTheOpen) {
  const OpenedCase images = changed_frame(1'500'000, 50'000);
  const Bytes pack = delta_pack(images.target, images.base);
  EXPECT_EQ(decode(pack, images.base), images.target);
  EXPECT_LT(pack.size(), 3'000u);
  const PackTable table = table_of_pack(pack);
  EXPECT_EQ(table.target_map.layers.size(), 1u);
  EXPECT_EQ(table.base_map.layers.size(), 1u);
  EXPECT_FALSE(table.codecs.empty());
}

TEST(OpenedEncode, LeavesEverythingClosedWhenAsked) {
  const OpenedCase images = changed_frame(300'000, 5'000);
  EncodeOptions options = quick();
  options.expand = false;
  const Bytes pack = encoded(images, options);
  EXPECT_TRUE(table_of_pack(pack).target_map.layers.empty());
  EXPECT_EQ(decode(pack, images.base), images.target);
  EXPECT_GT(pack.size(), 20 * delta_pack(images.target, images.base).size());
}

TEST(OpenedEncode, OpensNothingOfWhatDidNotChangeButMoved) {
  const Bytes frame = frame_of(wordy_bytes(1'000'000, 3));
  const Bytes base = image_around(frame, 4);
  const Bytes target = joined({random_bytes(777, 5), base});
  const Bytes pack = delta_pack(target, base);
  EXPECT_EQ(decode(pack, base), target);
  EXPECT_LT(pack.size(), 2'500u);
  EXPECT_TRUE(table_of_pack(pack).target_map.layers.empty());
  EXPECT_TRUE(table_of_pack(pack).base_map.layers.empty());
}

TEST(OpenedEncode, CutsLongFramesIntoSegments) {
  const OpenedCase images = changed_frame(9'500'000, 1'000'000);
  const Bytes pack = delta_pack(images.target, images.base);
  EXPECT_EQ(decode(pack, images.base), images.target);
  EXPECT_LT(pack.size(), 3'000u);
  EXPECT_GE(table_of_pack(pack).segments.size(), 3u);
}

// A device would decode the frame again for each segment that refers to it.
TEST(OpenedEncode, TakesNothingFromALongFrameForWhatLiesOutside) {
  const Bytes plain = wordy_bytes(4'000'000, 11);
  const Bytes noise = random_bytes(5'000'000, 12);
  const Bytes base = joined({image_around(frame_of(plain), 13), noise});
  const Bytes target = joined(
      {image_around(frame_of(with_changes(plain, 500'000)), 13), noise, slice(plain, 1'000'000, 1'300'000)});
  const Bytes pack = delta_pack(target, base);
  EXPECT_EQ(decode(pack, base), target);

  Bytes damaged = base;
  for (std::size_t at = 201'000; at < 300'000; at += 10) damaged[at] ^= 1;
  const MemorySource source(pack);
  const MemorySource damaged_source(damaged);
  const PackTable table = table_of_pack(pack);
  Assembler assembler(table, source, &damaged_source);
  EXPECT_FALSE(assembler.decode(1));
  EXPECT_TRUE(assembler.decode(table.segments.size() - 1));
}

TEST(OpenedEncode, SeesThroughASquashfsIntoItsFrames) {
  const Bytes plain = wordy_bytes(800'000, 6);
  const Bytes base = squashfs_image("-comp zstd", frame_of(plain));
  const Bytes target = squashfs_image("-comp zstd", frame_of(with_changes(plain, 100'000)));
  const Bytes pack = delta_pack(target, base);
  EXPECT_EQ(decode(pack, base), target);
  EXPECT_LT(pack.size(), 4'000u);
  EXPECT_EQ(table_of_pack(pack).target_map.layers.size(), 2u);
}

TEST(OpenedEncode, OpensOnlyWhatItsSegmentsNeedOfTheBase) {
  const Bytes plain = wordy_bytes(300'000, 7);
  const Bytes other = frame_of(wordy_bytes(400'000, 8));
  const Bytes base = joined({image_around(frame_of(plain), 9), other});
  const Bytes target = joined({image_around(frame_of(with_changes(plain, 9'000)), 9), other});
  const Bytes pack = delta_pack(target, base);
  EXPECT_EQ(decode(pack, base), target);
  std::size_t opened = 0;
  for (const ExpandLayer& layer : table_of_pack(pack).base_map.layers)
    for (const ExpandedRun& run : layer.runs) opened += run.is_raw() ? 0 : 1;
  EXPECT_EQ(opened, 1u);
}

TEST(OpenedEncode, HasOneResultForAnyNumberOfThreadsAndWhereverItIsInterrupted) {
  const OpenedCase images = changed_frame(5'000'000, 70'000);
  const MemorySource target(images.target);
  const MemorySource base(images.base);
  const Bytes expected = encoded(images, quick());
  EncodeOptions options = quick();
  options.threads = 3;
  EXPECT_EQ(encoded(images, options), expected);
  FakeDisk disk;
  options.disk = &disk;
  options.work_folder = "/unfinished";
  for (const EncodePhase phase :
       {EncodePhase::opening, EncodePhase::sorting, EncodePhase::matching, EncodePhase::compressing}) {
    std::atomic<bool> cancel = false;
    options.cancel = &cancel;
    options.on_progress = [&cancel, phase](const EncodeProgress& progress) {
      if (progress.phase == phase) cancel = true;
    };
    const Result<EncodedPack> interrupted = encode(target, &base, options);
    if (!interrupted) {
      EXPECT_EQ(interrupted.error().kind, ErrorKind::cancelled);
    }
  }
  options.cancel = nullptr;
  options.on_progress = nullptr;
  EXPECT_EQ(encoded(images, options), expected);
}

// Pieces in random order: frames, text, noise and zeros; some of them edited, doubled, dropped.
Bytes random_pieces(std::uint64_t seed, std::uint64_t version) {
  SeededRandom shape(seed);
  SeededRandom change(seed * 100 + version);
  Bytes image;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::uint64_t kind = shape.below(4);
    const std::size_t size = 1'000 + shape.below(150'000);
    Bytes plain = kind == 2 ? random_bytes(size, seed + i) : wordy_bytes(size, seed + i);
    if (kind == 3) plain.assign(size, 0);
    if (version > 0 && change.below(3) == 0)
      plain = with_changes(std::move(plain), 100 + change.below(9'000));
    if (version > 0 && change.below(8) == 0) continue;
    const Bytes piece = kind == 0 ? frame_of(plain) : plain;
    image = joined({image, piece});
    if (version > 0 && change.below(8) == 0) image = joined({image, piece});
  }
  return image;
}

TEST(OpenedEncode, RoundTripsRandomImages) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Bytes base = random_pieces(seed, 0);
    const Bytes target = random_pieces(seed, 1);
    EXPECT_EQ(decode(delta_pack(target, base), base), target) << seed;
  }
}

}  // namespace
}  // namespace dunlin
