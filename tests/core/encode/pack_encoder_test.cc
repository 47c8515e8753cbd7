#include "core/encode/pack_encoder.h"

#include "core/content/pack_index.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::size_t mib = 1u << 20;

PackTable table_of(const Bytes& pack) {
  Result<PackTable> table = parse_pack_table(MemorySource(pack));
  EXPECT_TRUE(table.has_value());
  return table ? std::move(*table) : PackTable{};
}

void expect_both_round_trips(const Bytes& target, const Bytes& base) {
  EXPECT_EQ(decode(full_pack(target)), target);
  EXPECT_EQ(decode(delta_pack(target, base), base), target);
}

TEST(PackEncoder, RoundTripsOddSizes) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097},
                                 4 * mib - 1, 4 * mib, 4 * mib + 1, 5 * mib + 1234}) {
    const Bytes target = random_bytes(size, size);
    Bytes base = target;
    base[size / 2] ^= 1;
    expect_both_round_trips(target, base);
  }
}

TEST(PackEncoder, RoundTripsTheEmptyImage) {
  expect_both_round_trips({}, {});
  expect_both_round_trips({}, random_bytes(5'000, 1));
  expect_both_round_trips(random_bytes(5'000, 1), {});
  EXPECT_TRUE(table_of(full_pack({})).segments.empty());
}

TEST(PackEncoder, RoundTripsImagesOfAnotherSizeThanTheirBase) {
  const Bytes large = wordy_bytes(3 * mib, 2);
  const Bytes small = slice(large, 0, 2 * mib + 77);
  EXPECT_EQ(decode(delta_pack(large, small), small), large);
  EXPECT_EQ(decode(delta_pack(small, large), large), small);
}

TEST(PackEncoder, MakesZeroSegmentsOfEmptyImages) {
  const Bytes zeros(9 * mib + 5);
  const Bytes base = random_bytes(mib, 1);
  for (const Bytes& pack : {full_pack(zeros), delta_pack(zeros, base)}) {
    for (const Segment& segment : table_of(pack).segments) EXPECT_EQ(segment.encoding, SegmentEncoding::zero);
    EXPECT_EQ(decode(pack, base), zeros);
    EXPECT_LT(pack.size(), 2'000u);
  }
}

TEST(PackEncoder, MakesCopySegmentsOfIdenticalImages) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{100'000}, 9 * mib + 5}) {
    const Bytes image = random_bytes(size, 4);
    const MemorySource base(image);
    const Result<EncodedPack> pack = encode(MemorySource(image), &base);
    ASSERT_TRUE(pack);
    EXPECT_EQ(pack->summary.copied_bytes, size);
    EXPECT_LT(pack->bytes.size(), 500u);
    EXPECT_EQ(decode(pack->bytes, image), image);
  }
}

TEST(PackEncoder, CopiesContentThatMovedByAnyDistance) {
  const Bytes base = random_bytes(12 * mib, 5);
  const Bytes target = joined({base, Bytes()});
  for (const std::size_t inserted : {1u, 4096u, 100'001u}) {
    const Bytes shifted = joined({random_bytes(inserted, 6), target});
    const Bytes pack = delta_pack(shifted, base);
    EXPECT_LT(pack.size(), inserted + 3'000);
    EXPECT_EQ(decode(pack, base), shifted);
  }
}

TEST(PackEncoder, FindsMovedPiecesInTheMiddleOfNewContent) {
  const Bytes base = random_bytes(10 * mib, 7);
  const Bytes target = joined({slice(base, 8 * mib, 9 * mib), random_bytes(10'000, 8),
                               slice(base, 100'001, 2 * mib), random_bytes(10'000, 9), slice(base, 0, mib)});
  const Bytes pack = delta_pack(target, base);
  EXPECT_LT(pack.size(), 30'000u);
  EXPECT_EQ(decode(pack, base), target);
}

TEST(PackEncoder, RoundTripsRandomEdits) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SeededRandom random(seed);
    const Bytes base = seed % 2 == 0 ? random_bytes(700'000, seed) : wordy_bytes(1'300'000, seed);
    Bytes target = base;
    for (std::uint64_t edits = 1 + random.below(6); edits > 0; --edits) {
      const std::size_t at = random.below(target.size());
      const std::size_t length = std::min<std::size_t>(random.below(400'000), target.size() - at);
      const std::uint64_t kind = random.below(5);
      const Bytes piece = slice(target, at, at + length);
      const Bytes before = slice(target, 0, at);
      const Bytes after = slice(target, at + length, target.size());
      if (kind == 0) target = joined({before, random_bytes(random.below(5'000), seed), piece, after});
      if (kind == 1) target = joined({before, after});
      if (kind == 2) target = joined({before, Bytes(length), after});
      if (kind == 3) target = joined({before, after, piece});
      if (kind == 4) target = joined({before, random_bytes(length, seed), after});
      if (target.empty()) target = Bytes(1, 1);
    }
    expect_both_round_trips(target, base);
  }
}

TEST(PackEncoder, NeedsAlmostNothingForASmallEdit) {
  const Bytes base = random_bytes(6 * mib, 10);
  Bytes target = base;
  for (const std::size_t at : {std::size_t{5}, mib, 5 * mib}) target[at] ^= 0xFF;
  EXPECT_LT(delta_pack(target, base).size(), 2'000u);
}

TEST(PackEncoder, IsNotLargerThanAFullPackWhenTheBaseIsNoUse) {
  const Bytes target = wordy_bytes(5 * mib, 11);
  const std::size_t full = full_pack(target).size();
  EXPECT_LE(delta_pack(target, random_bytes(5 * mib, 12)).size(), full);
}

TEST(PackEncoder, HasOneResultForAnyNumberOfThreads) {
  const Bytes base = joined({wordy_bytes(7 * mib, 13), Bytes(mib), random_bytes(4 * mib, 14)});
  const Bytes target =
      joined({slice(base, 0, 3 * mib), wordy_bytes(300'000, 15), slice(base, 3 * mib, 12 * mib)});
  const MemorySource base_source(base);
  for (const ByteSource* chosen :
       {static_cast<const ByteSource*>(nullptr), static_cast<const ByteSource*>(&base_source)}) {
    std::set<Bytes> results;
    for (const int threads : {1, 2, 4, 4}) {
      EncodeOptions options = quick();
      options.threads = threads;
      const Result<EncodedPack> pack = encode(MemorySource(target), chosen, options);
      ASSERT_TRUE(pack);
      results.insert(pack->bytes);
    }
    EXPECT_EQ(results.size(), 1u);
  }
}

TEST(PackEncoder, SummarisesWhatItWrote) {
  const Bytes base = random_bytes(2 * mib, 16);
  const Bytes target = joined({base, Bytes(mib), random_bytes(1'000, 17)});
  const MemorySource base_source(base);
  const Result<EncodedPack> pack = encode(MemorySource(target), &base_source);
  ASSERT_TRUE(pack);
  EXPECT_EQ(pack->summary.target_id, sha256(target));
  EXPECT_EQ(pack->summary.target_size, target.size());
  EXPECT_EQ(pack->summary.pack_size, pack->bytes.size());
  EXPECT_EQ(pack->summary.copied_bytes, 2 * mib);
  EXPECT_EQ(pack->summary.zero_bytes, mib);
  const PackTable table = table_of(pack->bytes);
  EXPECT_EQ(table.target_id, sha256(target));
  EXPECT_EQ(table.base_id, sha256(base));
  EXPECT_EQ(table.base_size, base.size());
}

TEST(PackEncoder, PutsAnIndexOfTheImageIntoFullPacks) {
  const Bytes target = joined({random_bytes(3 * mib, 18), Bytes(mib)});
  const Bytes pack = full_pack(target);
  const Result<std::optional<ImageIndex>> index = parse_pack_index(MemorySource(pack));
  ASSERT_TRUE(index);
  ASSERT_TRUE(*index);
  EXPECT_EQ((*index)->chunks(), ImageIndex::build(MemorySource(target), ChunkerOptions{})->chunks());
  // Segments end where chunks end, so that a segment can be built from chunks.
  std::set<std::uint64_t> chunk_ends;
  for (const Chunk& chunk : (*index)->chunks()) chunk_ends.insert(chunk.offset + chunk.length);
  for (const Segment& segment : table_of(pack).segments)
    EXPECT_TRUE(chunk_ends.contains(segment.target_offset + segment.target_length));
}

TEST(PackEncoder, CarriesNoIndexInDeltaPacks) {
  const Result<std::optional<ImageIndex>> index =
      parse_pack_index(MemorySource(delta_pack(random_bytes(100, 1), random_bytes(100, 2))));
  ASSERT_TRUE(index);
  EXPECT_FALSE(*index);
}

TEST(PackEncoder, SharesMostSegmentsBetweenFullPacksOfTwoReleases) {
  const Bytes before = random_bytes(24 * mib, 19);
  const Bytes after =
      joined({slice(before, 0, mib), random_bytes(999, 20), slice(before, mib, before.size())});
  std::set<Digest> known;
  for (const Segment& segment : table_of(full_pack(before)).segments) known.insert(segment.digest);
  std::uint64_t shared = 0;
  for (const Segment& segment : table_of(full_pack(after)).segments)
    if (known.contains(segment.digest)) shared += segment.target_length;
  EXPECT_GT(shared, before.size() / 2);
}

TEST(PackEncoder, ReportsProgressInOrderUpToTheEnd) {
  const MemorySource target(random_bytes(5 * mib, 21));
  const MemorySource base(random_bytes(5 * mib, 22));
  for (const ByteSource* chosen :
       {static_cast<const ByteSource*>(nullptr), static_cast<const ByteSource*>(&base)}) {
    std::map<EncodePhase, std::vector<EncodeProgress>> reported;
    EncodeOptions options = quick();
    options.threads = 3;
    options.on_progress = [&reported](const EncodeProgress& progress) {
      reported[progress.phase].push_back(progress);
    };
    ASSERT_TRUE(encode(target, chosen, options));
    EXPECT_TRUE(reported.contains(EncodePhase::reading));
    EXPECT_EQ(reported.contains(EncodePhase::matching), chosen != nullptr);
    EXPECT_EQ(reported[EncodePhase::compressing].back().total, 5 * mib);
    for (const auto& [phase, steps] : reported) {
      EXPECT_TRUE(std::ranges::is_sorted(steps, {}, &EncodeProgress::done)) << to_string(phase);
      EXPECT_EQ(steps.front().total, steps.back().total) << to_string(phase);
      EXPECT_EQ(steps.back().done, steps.back().total) << to_string(phase);
    }
  }
}

TEST(PackEncoder, StopsWhenCancelledBeforeAndInTheMiddle) {
  const MemorySource target(random_bytes(9 * mib, 22));
  std::atomic<bool> cancel = true;
  EncodeOptions options = quick();
  options.threads = 2;
  options.cancel = &cancel;
  EXPECT_EQ(encode(target, nullptr, options).error().kind, ErrorKind::cancelled);
  EXPECT_EQ(encode(target, &target, options).error().kind, ErrorKind::cancelled);
  // In every phase; segments already being encoded are finished and thrown away.
  for (const EncodePhase phase : {EncodePhase::reading, EncodePhase::matching, EncodePhase::compressing}) {
    const MemorySource base(random_bytes(5 * mib, 23));
    cancel = false;
    options.threads = 1;
    options.on_progress = [&cancel, phase](const EncodeProgress& progress) {
      if (progress.phase == phase) cancel = true;
    };
    const Result<EncodedPack> pack = encode(target, &base, options);
    ASSERT_FALSE(pack) << to_string(phase);
    EXPECT_EQ(pack.error().kind, ErrorKind::cancelled);
  }
}

TEST(PackEncoder, PassesReadAndWriteFailuresOnWithAllThreadsEnded) {
  const Bytes target = random_bytes(6 * mib, 23);
  EncodeOptions options = quick();
  options.threads = 2;
  EXPECT_EQ(encode(BrokenSource(target, 5 * mib), nullptr, options).error().kind, ErrorKind::device);
  const BrokenSource bad_base(target, 5 * mib);
  EXPECT_EQ(encode(MemorySource(target), &bad_base, options).error().kind, ErrorKind::device);
  for (int nth = 1; nth <= 3; ++nth) {
    FakeDisk disk;
    const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
    disk.fail_write(nth, ENOSPC);
    const Result<EncodeSummary> summary = encode_full_pack(MemorySource(target), *file, options);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().kind, ErrorKind::device);
    EXPECT_THAT(summary.error().message, ::testing::HasSubstr("writing the pack"));
  }
}

TEST(PackEncoder, RefusesOptionsAndOutputsThatMakeNoSense) {
  const MemorySource target(Bytes(10));
  for (const auto& [level, threads] : {std::pair{0, 1}, {23, 1}, {3, 0}}) {
    EncodeOptions options;
    options.level = level;
    options.threads = threads;
    EXPECT_EQ(encode(target, nullptr, options).error().kind, ErrorKind::usage);
  }
  FakeDisk disk;
  disk.put("/pack", "old");
  const std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::read_write));
  EXPECT_EQ(encode_full_pack(target, *file, quick()).error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace dunlin
