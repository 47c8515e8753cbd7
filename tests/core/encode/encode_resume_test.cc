// An encoding that is interrupted again and again, at any phase, ends with the pack that an uninterrupted one
// makes, and does not make the same segments twice.
#include "core/encode/work_shelf.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

constexpr std::size_t mib = 1u << 20;

struct ResumeImages {
  Bytes base = joined({wordy_bytes(7 * mib, 1), random_bytes(2 * mib, 2)});
  Bytes target = joined({slice(base, 0, 2 * mib), wordy_bytes(3 * mib, 3), slice(base, 2 * mib, 9 * mib),
                         random_bytes(100'000, 4)});
};

Result<Bytes> encode_on(FakeDisk& disk, const Bytes& target, const Bytes* base, EncodeOptions options) {
  options.disk = &disk;
  options.work_folder = "/unfinished";
  options.cache_folder = "/cache";
  std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  Result<EncodeSummary> summary =
      base == nullptr ? encode_full_pack(MemorySource(target), *file, options)
                      : encode_delta_pack(MemorySource(target), MemorySource(*base), *file, options);
  if (!summary) return fail(std::move(summary.error()));
  return *disk.get("/pack");
}

std::size_t parts_on(FakeDisk& disk) {
  Result<std::vector<std::string>> names = disk.list("/unfinished");
  return names ? names->size() : 0;
}

TEST(EncodeResume, EndsWithTheSamePackHoweverOftenItIsInterrupted) {
  const ResumeImages images;
  for (const Bytes* base : {static_cast<const Bytes*>(nullptr), &images.base}) {
    FakeDisk undisturbed;
    const Result<Bytes> expected = encode_on(undisturbed, images.target, base, quick());
    ASSERT_TRUE(expected);
    FakeDisk disk;
    int runs = 0;
    Result<Bytes> pack = fail(ErrorKind::cancelled, "not begun");
    // Each run gets further than the one before.
    for (; !pack && runs < 20; ++runs) {
      std::atomic<bool> cancel = false;
      EncodeOptions options = quick();
      options.cancel = &cancel;
      options.on_progress = [&, enough =
                                    static_cast<std::uint64_t>(runs) * mib](const EncodeProgress& progress) {
        if (progress.phase == EncodePhase::compressing && progress.done > enough) cancel = true;
      };
      pack = encode_on(disk, images.target, base, options);
      if (!pack) {
        ASSERT_EQ(pack.error().kind, ErrorKind::cancelled);
      }
    }
    ASSERT_TRUE(pack);
    EXPECT_GT(runs, 2);
    EXPECT_EQ(*pack, *expected);
  }
}

TEST(EncodeResume, NeedsNeitherSearchNorCompressionForWhatIsDone) {
  const ResumeImages images;
  FakeDisk disk;
  const Result<Bytes> first = encode_on(disk, images.target, &images.base, quick());
  ASSERT_TRUE(first);
  std::set<EncodePhase> phases;
  EncodeOptions options = quick();
  options.on_progress = [&phases](const EncodeProgress& progress) { phases.insert(progress.phase); };
  EXPECT_EQ(*encode_on(disk, images.target, &images.base, options), *first);
  EXPECT_FALSE(phases.contains(EncodePhase::matching));
  EXPECT_FALSE(phases.contains(EncodePhase::sorting));
}

TEST(EncodeResume, MakesDamagedPartsAgain) {
  const ResumeImages images;
  FakeDisk disk;
  const Result<Bytes> first = encode_on(disk, images.target, &images.base, quick());
  ASSERT_TRUE(first);
  const std::vector<std::string> names = *disk.list("/unfinished");
  ASSERT_GT(names.size(), 2u);
  for (const std::string& name : names) {
    const std::string path = "/unfinished/" + name;
    const Bytes good = *disk.get(path);
    Bytes bad = good;
    bad[bad.size() / 2] ^= 1;
    disk.put(path, bad);
    EXPECT_EQ(*encode_on(disk, images.target, &images.base, quick()), *first);
    disk.put(path, slice(good, 0, good.size() - 1));
    EXPECT_EQ(*encode_on(disk, images.target, &images.base, quick()), *first);
  }
}

TEST(EncodeResume, TakesNothingFromAnotherEncoding) {
  const ResumeImages images;
  Bytes other = images.target;
  other[mib] ^= 1;
  FakeDisk disk;
  ASSERT_TRUE(encode_on(disk, images.target, &images.base, quick()));
  const Result<Bytes> pack = encode_on(disk, other, &images.base, quick());
  ASSERT_TRUE(pack);
  EXPECT_EQ(decode(*pack, images.base), other);
  EncodeOptions better = quick();
  better.level = 5;
  FakeDisk fresh;
  EXPECT_EQ(*encode_on(disk, images.target, &images.base, better),
            *encode_on(fresh, images.target, &images.base, better));
}

TEST(EncodeResume, GoesOnWithoutAShelfWhenTheDiskIsFull) {
  const ResumeImages images;
  FakeDisk disk;
  disk.fail_rename(1, ENOSPC);
  const Result<Bytes> pack = encode_on(disk, images.target, nullptr, quick());
  ASSERT_TRUE(pack);
  EXPECT_EQ(decode(*pack), images.target);
  EXPECT_GT(parts_on(disk), 0u);
}

TEST(WorkShelf, GivesBackWhatWasKeptUnderItsNameAndIdentity) {
  FakeDisk disk;
  const WorkShelf shelf(disk, "/parts", as_bytes("this encoding"));
  const Bytes part = random_bytes(1'000, 1);
  shelf.keep("one", part);
  shelf.keep("none", {});
  EXPECT_EQ(shelf.find("one"), part);
  EXPECT_EQ(shelf.find("none"), Bytes());
  EXPECT_FALSE(shelf.find("two"));
  EXPECT_FALSE(WorkShelf(disk, "/parts", as_bytes("another one")).find("one"));
}

TEST(WorkShelf, KnowsAPartByItsKeyNotByItsFile) {
  FakeDisk disk;
  const WorkShelf shelf(disk, "/parts", as_bytes("this encoding"));
  shelf.keep("one", random_bytes(100, 1));
  const std::string one = "/parts/" + disk.list("/parts").value().front();
  shelf.keep("two", random_bytes(100, 2));
  const std::vector<std::string> names = *disk.list("/parts");
  for (const std::string& name : names) {
    if ("/parts/" + name != one) disk.put("/parts/" + name, *disk.get(one));
  }
  EXPECT_TRUE(shelf.find("one"));
  EXPECT_FALSE(shelf.find("two"));
}

}  // namespace
}  // namespace dunlin
