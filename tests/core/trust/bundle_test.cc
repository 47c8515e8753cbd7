#include "core/trust/bundle.h"

#include "tests/fakes/made_bundle.h"
#include "tests/fakes/temporary_folder.h"
#include "tests/precompiled_test.h"

namespace dunlin {
namespace {

const std::vector<std::pair<std::string, Bytes>> members = {
    {"bundle.json", to_bytes("{}")},
    {"metadata/timestamp.json", Bytes(512, 7)},
    {"packs/empty.pack", {}},
    {"packs/0.pack", Bytes(1'300, 9)},
};

std::string complaint(const Bytes& bytes) {
  const Result<BundleIndex> index = BundleIndex::read(MemorySource(bytes));
  return index ? "accepted" : index.error().message;
}

TEST(Bundle, ReadsWhatWasWritten) {
  const MemorySource source(made_bundle(members));

  const Result<BundleIndex> index = BundleIndex::read(source);

  ASSERT_TRUE(index) << index.error().message;
  ASSERT_EQ(index->members().size(), members.size());
  for (const auto& [path, bytes] : members) {
    const BundleMember* member = index->find(path);
    ASSERT_NE(member, nullptr) << path;
    EXPECT_EQ(*read_member(source, *member, 10'000), bytes);
  }
  EXPECT_EQ(index->find("packs/1.pack"), nullptr);
}

TEST(Bundle, IsATarArchive) {
  const TemporaryFolder folder;
  folder.write("x.bundle", as_text(made_bundle(members)));

  const std::string listing = folder.path() + "/listing";
  ASSERT_EQ(std::system(("tar -tvf " + folder.path() + "/x.bundle >" + listing).c_str()), 0);

  PosixDisk disk;
  const std::string text = read_text(disk, listing, 10'000).value();
  EXPECT_THAT(text, testing::HasSubstr("1300"));
  EXPECT_THAT(text, testing::HasSubstr("packs/0.pack"));
}

TEST(Bundle, SplitsALongPathAtASlash) {
  const std::string path = "targets/releases/" + std::string(64, 'p') + "/" + std::string(100, 'm');

  const Result<BundleIndex> index =
      BundleIndex::read(MemorySource(made_bundle({{"bundle.json", {}}, {path, {}}})));

  ASSERT_TRUE(index) << index.error().message;
  EXPECT_EQ(index->members().at(1).path, path);
}

TEST(Bundle, RefusesToWriteALastPartOfMoreThan100Characters) {
  const Result<Bytes> header = bundle_header("targets/" + std::string(101, 'm'), 0);

  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().kind, ErrorKind::usage);
}

// A source of zeros but for what is put at its start: sizes no test writes.
class HugeSource final : public ByteSource {
 public:
  HugeSource(Bytes front, std::uint64_t size) : front_(std::move(front)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read(std::uint64_t offset, ByteSpan out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = offset + i < front_.size() ? front_[offset + i] : 0;
    return {};
  }

 private:
  Bytes front_;
  std::uint64_t size_;
};

TEST(Bundle, HoldsMembersOfAnySize) {
  for (const std::uint64_t size :
       {(std::uint64_t{1} << 33) - 1, std::uint64_t{1} << 33, std::uint64_t{1} << 45}) {
    ByteWriter front;
    front.bytes(*bundle_header("bundle.json", 0));
    front.bytes(*bundle_header("packs/0.pack", size));
    const std::uint64_t end = 2 * bundle_block + size + bundle_padding(size) + bundle_end_size;

    const Result<BundleIndex> index = BundleIndex::read(HugeSource(front.take(), end));

    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ(index->members().at(1).size, size);
  }
}

TEST(Bundle, BelievesNoSizeThatDoesNotFit) {
  for (const std::uint64_t size : {std::uint64_t{1}, ~std::uint64_t{0}, ~std::uint64_t{0} - 1'023}) {
    ByteWriter writer;
    writer.bytes(*bundle_header("bundle.json", 0));
    writer.bytes(*bundle_header("packs/0.pack", size));

    EXPECT_THAT(complaint(writer.take()), testing::HasSubstr("cut short"));
  }
}

TEST(Bundle, CutAnywhereIsRefused) {
  const Bytes whole = made_bundle(members);
  for (std::size_t size = 0; size < whole.size(); size += size < 3'000 ? 1 : 97) {
    const std::string said =
        complaint(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));

    EXPECT_THAT(said, testing::HasSubstr(size < bundle_block ? "no dunlin bundle" : "cut short")) << size;
  }
}

TEST(Bundle, AFlippedBitInAHeaderIsNoticed) {
  const Bytes whole = made_bundle(members);
  const std::size_t second = bundle_block + 512;  // the header behind the label
  for (std::size_t at = second; at < second + bundle_block; ++at) {
    Bytes flipped = whole;
    flipped[at] ^= 0x10;

    EXPECT_THAT(complaint(flipped), testing::HasSubstr("damaged at byte 1024")) << at;
  }
}

TEST(Bundle, SaysSoWhenAFileIsNone) {
  EXPECT_THAT(complaint({}), testing::HasSubstr("no dunlin bundle"));
  EXPECT_THAT(complaint(Bytes(4'096)), testing::HasSubstr("no dunlin bundle"));
  EXPECT_THAT(complaint(Bytes(4'096, 'x')), testing::HasSubstr("no dunlin bundle"));
  EXPECT_THAT(complaint(made_bundle({{"etc/passwd", {}}})), testing::HasSubstr("no dunlin bundle"));
}

TEST(Bundle, NamesNothingTwiceAndNothingOutside) {
  EXPECT_THAT(complaint(made_bundle({{"bundle.json", {}}, {"a", {}}, {"a", {}}})),
              testing::HasSubstr("damaged"));
  EXPECT_THAT(complaint(made_bundle({{"bundle.json", {}}, {"../a", {}}})), testing::HasSubstr("damaged"));
  EXPECT_THAT(complaint(made_bundle({{"bundle.json", {}}, {"/a", {}}})), testing::HasSubstr("damaged"));
}

TEST(Bundle, ReadsNoMemberThatIsTooLarge) {
  const MemorySource source(made_bundle(members));
  const Result<BundleIndex> index = BundleIndex::read(source);

  const Result<Bytes> bytes = read_member(source, *index->find("packs/0.pack"), 1'299);

  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::bad_image);
}

}  // namespace
}  // namespace dunlin
