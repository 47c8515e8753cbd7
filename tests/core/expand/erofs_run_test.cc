#include "core/expand/erofs_run.h"

#include "core/expand/packing_codec.h"
#include "tests/fakes/made_maps.h"

namespace dunlin {
namespace {

const std::vector<ErofsPacking> all_packings{{.level = 0},
                                             {.level = 9},
                                             {.level = 12},
                                             {.level = 9, .cluster_size = 65536},
                                             {.level = 0, .cluster_size = 16384},
                                             {.level = 9, .extent_size_max = 8192}};

// Longer than the encoder looks ahead, with parts that pack hardly and parts that pack to nearly nothing.
Bytes made_file(std::uint64_t seed) {
  return joined({wordy_bytes(300'000, seed), random_bytes(20'000, seed + 1), wordy_bytes(3'000, seed + 2),
                 Bytes(1'200'000), wordy_bytes(10'001, seed + 3)});
}

ByteSink append_to(Bytes& bytes) {
  return [&bytes](ByteView more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return Result<void>{};
  };
}

// Decodes in random cuts of both sides.
Result<Bytes> opened_in_cuts(const ErofsPacking& packing, const Bytes& packed, std::size_t plain_size,
                             std::uint64_t seed) {
  SeededRandom random(seed);
  const auto decoder = make_erofs_decoder(packing, {packed.size(), plain_size, 1});
  Bytes plain(plain_size);
  std::size_t used = 0;
  std::size_t given = 0;
  std::size_t offered = 0;
  while (given < plain_size) {
    offered = std::max(used, std::min(packed.size(), offered + random.below(9'000)));
    const std::size_t room = std::min<std::size_t>(plain_size - given, random.below(20'000));
    Result<StreamProgress> step =
        decoder->decode(ByteView(packed).subspan(used, offered - used), ByteSpan(plain).subspan(given, room));
    if (!step) return fail(std::move(step.error()));
    used += step->consumed;
    given += step->produced;
    if (offered == packed.size() && room > 0 && step->consumed + step->produced == 0)
      return fail(ErrorKind::bad_image, "holds less");
  }
  return plain;
}

TEST(ErofsRun, OpensWhatItClosedHoweverItIsCut) {
  for (const ErofsPacking& packing : all_packings) {
    const Bytes plain = made_file(1);
    const Bytes packed = packed_by(to_packing(packing), plain);

    const Result<Bytes> opened = opened_in_cuts(packing, packed, plain.size(), 7);

    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(*opened == plain);
    EXPECT_EQ(packed.size() % erofs_block_size, 0U);
    EXPECT_LT(packed.size(), plain.size() * 3 / 4);
  }
}

TEST(ErofsRun, HasGivenOutTheSameAtTheSameOffsetHoweverItWasCut) {
  const Bytes plain = made_file(10);
  SeededRandom random(1);
  for (const ErofsPacking& packing : all_packings) {
    for (int i = 0; i < 3; ++i) {
      const std::size_t until = random.below(plain.size());
      const ExpandedRun run{1, plain.size(), 1};
      const auto at_once = make_erofs_encoder(packing, run);
      const auto in_cuts = make_erofs_encoder(packing, run);
      Bytes first;
      Bytes second;

      ASSERT_TRUE(at_once->feed(ByteView(plain).first(until), append_to(first)));
      for (std::size_t at = 0; at < until;) {
        const std::size_t count = std::min<std::size_t>(until - at, 1 + random.below(100'000));
        ASSERT_TRUE(in_cuts->feed(ByteView(plain).subspan(at, count), append_to(second)));
        at += count;
      }

      ASSERT_TRUE(first == second);
    }
  }
}

TEST(ErofsRun, GivesClustersOutWhenItHasSeenAQuarterOfAMebibyteBehindThem) {
  const Bytes plain = wordy_bytes(1u << 20, 5);
  const auto encoder = make_erofs_encoder({}, {1, plain.size(), 1});
  Bytes packed;

  ASSERT_TRUE(encoder->feed(ByteView(plain).first(512u << 10), append_to(packed)));

  EXPECT_GT(packed.size(), packed_by(to_packing({}), plain).size() / 5);
}

// A run whose file goes on: the clusters behind it tell its encoder what it saw.
TEST(ErofsRun, ClosesTheBeginningOfAFileWithWitnessesOfItsRest) {
  for (const int level : {0, 9}) {
    const Bytes file = wordy_bytes(600'000, 20);
    const Bytes packed = packed_by(to_packing({.level = level}), file);
    const std::uint32_t witness = 16 * erofs_block_size;
    const ErofsPacking packing{.level = level, .witness_size = witness};
    for (const std::size_t clusters : {20u, 40u, 60u}) {
      const Bytes part = slice(packed, 0, clusters * erofs_block_size);
      const Bytes body = slice(part, 0, part.size() - witness);
      // What the body holds is not known beforehand: as much as decodes.
      const auto decoder = make_erofs_decoder({.level = level}, {body.size(), file.size(), 1});
      Bytes plain(file.size());
      const Result<StreamProgress> progress = decoder->decode(body, plain);
      ASSERT_TRUE(progress.has_value());
      plain.resize(progress->produced);
      const Bytes witnessed = joined({plain, slice(part, body.size(), part.size())});

      EXPECT_TRUE(packed_by(to_packing(packing), witnessed) == part) << level << " " << clusters;
      const Result<Bytes> opened = opened_in_cuts(packing, part, witnessed.size(), clusters);
      ASSERT_TRUE(opened.has_value());
      EXPECT_TRUE(*opened == witnessed);
    }
  }
}

TEST(ErofsRun, RefusesBytesBeyondItsLength) {
  const auto encoder = make_erofs_encoder({}, {4096, 100, 1});
  Bytes packed;

  EXPECT_FALSE(encoder->feed(Bytes(101), append_to(packed)));
}

TEST(ErofsRun, RefusesToFinishEarly) {
  const auto encoder = make_erofs_encoder({}, {4096, 100, 1});
  Bytes packed;
  ASSERT_TRUE(encoder->feed(Bytes(99), append_to(packed)));

  EXPECT_FALSE(encoder->finish(append_to(packed)));
}

TEST(ErofsRun, EveryFlippedByteDecodesToTheLengthOrFails) {
  const Bytes plain = joined({wordy_bytes(9'000, 1), random_bytes(4'096, 2), wordy_bytes(9'000, 3)});
  const Bytes packed = packed_by(to_packing({}), plain);
  for (std::size_t i = 0; i < packed.size(); i += 3) {
    Bytes flipped = packed;
    flipped[i] ^= 0x5A;
    const Result<Bytes> opened = opened_in_cuts({}, flipped, plain.size(), i);
    EXPECT_TRUE(!opened || opened->size() == plain.size());
  }
}

TEST(ErofsRun, RefusesParametersItDoesNotKnow) {
  const ExpandedRun run{4096, 5000, 1};
  for (const std::array<std::uint32_t, 3>& parameters :
       std::vector<std::array<std::uint32_t, 3>>{{13, 4096, 0},
                                                 {9, 0, 0},
                                                 {9, 4097, 0},
                                                 {9, 2u << 20, 0},
                                                 {9, 4096, 257},
                                                 {0xFFFFFFFF, 4096, 0},
                                                 {9, 0x80001000, 0}}) {
    const Packing packing{PackingKind::erofs_lz4, parameters};
    EXPECT_FALSE(make_run_encoder(packing, run));
    EXPECT_FALSE(make_run_decoder(packing, run));
  }
  EXPECT_FALSE(to_erofs_packing({PackingKind::lz4_block, {9, 4096, 0}}));
}

TEST(ErofsPackingParameters, ComeBackAsTheyWere) {
  for (const ErofsPacking& packing : all_packings) EXPECT_EQ(*to_erofs_packing(to_packing(packing)), packing);
  const ErofsPacking all{
      .level = 12, .cluster_size = 8192, .witness_size = 1u << 20, .extent_size_max = 65536};
  EXPECT_EQ(*to_erofs_packing(to_packing(all)), all);
}

}  // namespace
}  // namespace dunlin
