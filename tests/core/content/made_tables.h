#pragma once
// Segment tables taken apart: columns are written by hand and sealed with correct digests, so that what the
// parser refuses is refused for its content and not for a checksum.
#include "core/codec/zstd.h"
#include "core/content/pack_format.h"
#include "core/content/pack_front.h"
#include "tests/fakes/encoded_images.h"

namespace dunlin {

struct Column {
  std::vector<int> encodings;
  std::vector<std::uint64_t> lengths;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> frames;  // length, check
  std::vector<std::vector<std::uint64_t>> base_ranges;          // raw varints of each segment
  std::vector<std::uint64_t> plain_steps{};                     // zigzag, in packs with a target map
  std::vector<std::uint32_t> plain_checks{};
};

inline Bytes segments_section(const Column& column, int missing_digest_bytes = 0) {
  ByteWriter writer;
  writer.varint(column.encodings.size());
  for (const int encoding : column.encodings) writer.u8(static_cast<std::uint8_t>(encoding));
  for (const std::uint64_t length : column.lengths) writer.varint(length);
  for (const std::uint64_t step : column.plain_steps) writer.varint(step);
  for (const auto& [length, check] : column.frames) {
    writer.varint(length);
    writer.u32(check);
  }
  for (const auto& values : column.base_ranges)
    for (const std::uint64_t value : values) writer.varint(value);
  for (const std::uint32_t check : column.plain_checks) writer.u32(check);
  writer.bytes(Bytes(column.encodings.size() * 32 - static_cast<std::size_t>(missing_digest_bytes)));
  return writer.take();
}

inline Bytes section(std::uint16_t kind, std::uint16_t flags, const Bytes& body) {
  ByteWriter writer;
  writer.u16(kind);
  writer.u16(flags);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
  return writer.take();
}

inline PackHeader sized(std::uint64_t target_size, std::uint64_t frames_size,
                        std::optional<std::uint64_t> base_size) {
  PackHeader header;
  header.target_size = target_size;
  header.pack_size = frames_size;
  if (base_size) header.base_id = Digest{};
  header.base_size = base_size.value_or(0);
  return header;
}

// `header.pack_size` counts the frames only.
inline Bytes sealed(PackHeader header, const Bytes& table) {
  Compressor compressor(1);
  const ByteView compressed = *compressor.compress(table, {});
  header.table_length = static_cast<std::uint32_t>(compressed.size());
  header.table_decoded_length = static_cast<std::uint32_t>(table.size());
  header.table_digest = sha256(compressed);
  header.pack_size += header.table_end();
  Bytes pack;
  std::ranges::copy(to_bytes(header), std::back_inserter(pack));
  std::ranges::copy(compressed, std::back_inserter(pack));
  return pack;
}

inline Bytes sealed(const PackHeader& header, const Column& column) {
  return sealed(header, section(1, 1, segments_section(column)));
}

inline Result<PackTable> parse(const Bytes& pack) {
  return parse_pack_table(MemorySource(pack));
}

inline void expect_refused(const Bytes& pack, std::string_view words) {
  const Result<PackTable> table = parse(pack);
  ASSERT_FALSE(table) << words;
  EXPECT_EQ(table.error().kind, ErrorKind::bad_image);
  EXPECT_THAT(table.error().message, ::testing::HasSubstr(std::string(words)));
}

}  // namespace dunlin
