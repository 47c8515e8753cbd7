#include "core/content/pack_header.h"

#include "core/content/pack_format.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {
namespace {

PackHeader delta_header() {
  PackHeader header;
  header.target_id = sha256(as_bytes("target"));
  header.target_size = (std::uint64_t{5} << 30) + 1;
  header.base_id = sha256(as_bytes("base"));
  header.base_size = std::uint64_t{6} << 30;
  header.table_length = 1234;
  header.table_decoded_length = 5678;
  header.table_digest = sha256(as_bytes("table"));
  header.pack_size = std::uint64_t{7} << 30;
  return header;
}

Bytes bytes_of(const PackHeader& header) {
  const auto bytes = to_bytes(header);
  return Bytes(bytes.begin(), bytes.end());
}

// Writes `value` at `offset` and mends the checksum, as a newer or hostile writer would.
Bytes patched(Bytes bytes, std::size_t offset, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
  const Digest digest = sha256(ByteView(bytes).first(156));
  std::copy_n(digest.bytes.begin(), 4, bytes.begin() + 156);
  return bytes;
}

void expect_refused(const Bytes& bytes, std::string_view words) {
  const Result<PackHeader> header = parse_pack_header(bytes);
  ASSERT_FALSE(header) << words;
  EXPECT_EQ(header.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(header.error().message, ::testing::HasSubstr(std::string(words)));
}

TEST(PackHeader, IsReadAsWritten) {
  const PackHeader written = delta_header();
  const Result<PackHeader> read = parse_pack_header(bytes_of(written));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->target_id, written.target_id);
  EXPECT_EQ(read->target_size, written.target_size);
  EXPECT_EQ(read->base_id, written.base_id);
  EXPECT_EQ(read->base_size, written.base_size);
  EXPECT_EQ(read->table_length, written.table_length);
  EXPECT_EQ(read->table_decoded_length, written.table_decoded_length);
  EXPECT_EQ(read->table_digest, written.table_digest);
  EXPECT_EQ(read->pack_size, written.pack_size);
}

TEST(PackHeader, KeepsItsBytesSoThatOldPacksStayReadable) {
  EXPECT_EQ(sha256(bytes_of(delta_header())).hex(),
            "f64a468400cf0f8c51181380072d588758537037e18450143ceb599a5b8493da");
}

TEST(PackHeader, RefusesEveryFlippedBit) {
  const Bytes bytes = bytes_of(delta_header());
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    Bytes damaged = bytes;
    damaged[i / 8] = static_cast<std::uint8_t>(damaged[i / 8] ^ (1u << (i % 8)));
    expect_refused(damaged, i / 8 < 8 ? "not a dunlin pack" : "damaged");
  }
}

TEST(PackHeader, RefusesEveryTruncation) {
  const Bytes bytes = bytes_of(delta_header());
  for (std::size_t size = 0; size < bytes.size(); ++size) expect_refused(slice(bytes, 0, size), "needs 160");
}

TEST(PackHeader, RefusesOtherVersionsAndUnknownFeaturesAsSuch) {
  const Bytes bytes = bytes_of(delta_header());
  expect_refused(patched(bytes, 8, 2), "format version 2 is not known");
  expect_refused(patched(bytes, 12, 1 | 0x100), "features this program does not have (bits 256)");
}

TEST(PackHeader, RefusesAFullPackThatNamesABase) {
  expect_refused(patched(bytes_of(delta_header()), 12, 0), "a full pack names a base image");
}

TEST(PackHeader, RefusesReservedBytesThatAreSet) {
  expect_refused(patched(bytes_of(delta_header()), 144, 1), "reserved");
  expect_refused(patched(bytes_of(delta_header()), 152, 1), "reserved");
}

TEST(PackHeader, RefusesTablesThatAreTooLargeOrEndOutsideThePack) {
  PackHeader header = delta_header();
  header.table_decoded_length = pack_table_size_max + 1;
  expect_refused(bytes_of(header), "larger than 16 MiB");
  header = delta_header();
  header.table_length = pack_table_size_max + 1;
  expect_refused(bytes_of(header), "larger than 16 MiB");
  header = delta_header();
  header.pack_size = header.table_end() - 1;
  expect_refused(bytes_of(header), "ends before its segment table");
}

}  // namespace
}  // namespace dunlin
