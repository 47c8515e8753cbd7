// Random images are fed in random cuts, interrupted at random places and gone on with from what the slot
// holds.
#include "core/expand/contractor.h"

#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

Contractor::Sink append_to(Bytes& bytes) {
  return [&bytes](ByteView packed) {
    bytes.insert(bytes.end(), packed.begin(), packed.end());
    return Result<void>{};
  };
}

// Feeds [from, to) in random cuts.
void feed_range(Contractor& contractor, const Bytes& plain, std::uint64_t from, std::uint64_t to,
                SeededRandom& random, Bytes& slot) {
  while (from < to) {
    const std::uint64_t count = std::min<std::uint64_t>(to - from, 1 + random.below(30'000));
    ASSERT_TRUE(contractor.feed(ByteView(plain).subspan(from, count), append_to(slot)).has_value());
    from += count;
  }
}

TEST(Contractor, GivesTheImageBackHoweverItIsFed) {
  for (std::size_t layers = 0; layers <= expand_layers_max; ++layers) {
    const MadeImage made = made_image(300'000, layers, 20 + layers);
    SeededRandom random(layers);
    Contractor contractor(made.map);
    Bytes slot;

    feed_range(contractor, made.plain, 0, made.plain.size(), random, slot);

    EXPECT_EQ(slot, made.image);
    EXPECT_EQ(contractor.position(), (ExpandPosition{made.image.size(), made.plain.size()}));
  }
}

TEST(Contractor, HasGivenOutTheSameAtTheSamePlainOffsetHoweverItWasCut) {
  const MadeImage made = made_image(200'000, 2, 30);
  SeededRandom random(1);
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t until = random.below(made.plain.size());
    Contractor at_once(made.map);
    Contractor in_cuts(made.map);
    Bytes first;
    Bytes second;

    feed_range(in_cuts, made.plain, 0, until, random, second);
    ASSERT_TRUE(at_once.feed(ByteView(made.plain).first(until), append_to(first)).has_value());

    ASSERT_EQ(first, second);
    ASSERT_EQ(at_once.position(), in_cuts.position());
  }
}

TEST(Contractor, GoesOnAfterAnyInterruptionWithWhatTheSlotHolds) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const MadeImage made = made_image(150'000, 1 + seed % expand_layers_max, 40 + seed);
    SeededRandom random(seed);
    Bytes slot;
    Contractor before(made.map);
    feed_range(before, made.plain, 0, random.below(made.plain.size() + 1), random, slot);
    // The last bytes may not have reached the disk.
    slot.resize(slot.size() - random.below(std::min<std::size_t>(slot.size(), 5'000) + 1));
    const MemorySource disk(slot);

    Contractor after(made.map);
    after.seek(Contractor::clean_position(made.map, random.below(before.position().plain + 1)));
    ASSERT_LE(after.position().plain, before.position().plain);
    if (after.position().packed > slot.size()) continue;
    ASSERT_TRUE(after.replay(disk, slot.size()).has_value());
    ASSERT_LE(after.position().packed, slot.size());
    ASSERT_LE(after.position().plain, before.position().plain);
    slot.resize(after.position().packed);
    feed_range(after, made.plain, after.position().plain, made.plain.size(), random, slot);

    ASSERT_EQ(slot, made.image) << seed;
  }
}

// One frame behind some raw bytes.
MadeImage made_frame(const Packing& packing, std::size_t plain_size) {
  MadeImage made;
  const Bytes front = random_bytes(1'000, 1);
  const Bytes plain = wordy_bytes(plain_size, 2);
  const Bytes frame = packed_by(packing, plain);
  made.plain = joined({front, plain});
  made.image = joined({front, frame});
  made.map = {{{.packings = {packing}, .runs = {{1'000, 1'000, 0}, {frame.size(), plain.size(), 1}}}}};
  return made;
}

TEST(Contractor, TakesAtMostEightMebibytesAgainAfterACutInMidFrame) {
  const std::vector<Packing> streams = {{PackingKind::zstd_stream, {1, 1, 3}},
                                        {PackingKind::zstd_stream, {3, 0, 0}},
                                        {PackingKind::lz4_legacy, {1}},
                                        {PackingKind::gzip_stream, {1, 8}},
                                        {PackingKind::xz_stream, {0, 4}}};
  for (const Packing& packing : streams) {
    const MadeImage made =
        made_frame(packing, packing.kind == PackingKind::lz4_legacy ? 10'000'000 : 3'000'000);
    for (const std::size_t cut : {made.plain.size() / 3, made.plain.size() - 1}) {
      Bytes slot;
      Contractor before(made.map);
      ASSERT_TRUE(before.feed(ByteView(made.plain).first(cut), append_to(slot)).has_value());
      const MemorySource disk(slot);

      Contractor after(made.map);
      after.seek(Contractor::clean_position(made.map, cut));
      ASSERT_EQ(after.position().plain, 1'000U);
      ASSERT_TRUE(after.replay(disk, slot.size()).has_value());

      EXPECT_LE(after.position().packed, slot.size());
      slot.resize(after.position().packed);
      EXPECT_LE(cut - after.position().plain, 8U << 20);
      ASSERT_TRUE(
          after.feed(ByteView(made.plain).subspan(after.position().plain), append_to(slot)).has_value());
      EXPECT_TRUE(slot == made.image) << static_cast<int>(packing.kind);
    }
  }
}

TEST(Contractor, ReplayedFromACompleteImageStandsAtItsEnd) {
  const MadeImage made = made_image(100'000, 2, 50);
  const MemorySource disk(made.image);
  Contractor contractor(made.map);

  ASSERT_TRUE(contractor.replay(disk, made.image.size()).has_value());

  EXPECT_EQ(contractor.position(), (ExpandPosition{made.image.size(), made.plain.size()}));
}

TEST(Contractor, CleanPositionsCutNoPackedRunOfAnyLayer) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const MadeImage made = made_image(100'000, 1 + seed % expand_layers_max, 60 + seed);
    SeededRandom random(seed);
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t plain = random.below(made.plain.size() + 1);

      const ExpandPosition clean = Contractor::clean_position(made.map, plain);

      ASSERT_LE(clean.plain, plain);
      Contractor fed(made.map);
      Bytes slot;
      ASSERT_TRUE(fed.feed(ByteView(made.plain).first(clean.plain), append_to(slot)).has_value());
      ASSERT_EQ(fed.position(), clean);
    }
  }
}

TEST(Contractor, RefusesMoreBytesThanTheMapHas) {
  const MadeImage made = made_image(1'000, 1, 70);
  Contractor contractor(made.map);
  Bytes plain = made.plain;
  plain.push_back(0);
  Bytes slot;

  EXPECT_EQ(contractor.feed(plain, append_to(slot)).error().kind, ErrorKind::bad_image);
}

TEST(Contractor, RefusesBytesThatCloseToAnotherLength) {
  const Bytes plain = wordy_bytes(5'000, 80);
  const Bytes frame = packed_by(quick_packings[0], plain);
  for (const int by : {-1, 1}) {
    const std::uint64_t length = frame.size() + static_cast<std::uint64_t>(by);
    const ExpandMap map{{{.packings = {quick_packings[0]}, .runs = {{length, plain.size(), 1}}}}};
    Contractor contractor(map);
    Bytes slot;

    EXPECT_EQ(contractor.feed(plain, append_to(slot)).error().kind, ErrorKind::bad_image);
  }
}

TEST(Contractor, PassesOnWhatTheSinkSays) {
  const MadeImage made = made_image(50'000, 2, 90);
  Contractor contractor(made.map);
  const Contractor::Sink full = [](ByteView) -> Result<void> { return fail(ErrorKind::device, "disk full"); };

  EXPECT_EQ(contractor.feed(made.plain, full).error().kind, ErrorKind::device);
}

}  // namespace
}  // namespace dunlin
