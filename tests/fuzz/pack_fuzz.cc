// Any bytes as a pack: the table is parsed, and what it says is decoded against a small base. Random bytes
// would stop at the header's checksum, so the first byte chooses how much of the envelope is made right:
// nothing (the bytes are the pack), or header and digests (the bytes are the decoded table and the frames).
#include "core/codec/zstd.h"
#include "core/content/assembler.h"
#include "core/content/pack_header.h"
#include "core/content/pack_index.h"
#include "tests/fakes/made_maps.h"
#include "tests/fakes/written_image.h"

namespace dunlin {
namespace {

constexpr std::uint64_t plain_size_max = 1u << 20;  // larger targets are parsed, not decoded
constexpr std::size_t segments_max = 64;

// Flags, target size and table length from the input's front; the rest is table, then frames.
Bytes sealed(ByteView input, const Bytes& base) {
  ByteReader reader(input);
  const std::uint8_t flags = reader.u8();
  PackHeader header;
  header.target_size = reader.u32();
  const std::size_t table_length = std::min<std::size_t>(reader.u16(), reader.remaining());
  const ByteView table = reader.bytes(table_length);
  const ByteView frames = reader.bytes(reader.remaining());
  if ((flags & 1) != 0) header.base_id = Digest{};
  if ((flags & 1) != 0) header.base_size = base.size();
  header.has_differences = (flags & 3) == 3;
  header.is_expanded = (flags & 5) == 5;
  header.has_earlier = (flags & 9) == 8;
  Compressor compressor(1);
  const ByteView compressed = *compressor.compress(table, {});
  header.table_length = static_cast<std::uint32_t>(compressed.size());
  header.table_decoded_length = static_cast<std::uint32_t>(table.size());
  header.table_digest = sha256(compressed);
  header.pack_size = header.table_end() + frames.size();
  const auto start = to_bytes(header);
  return joined({Bytes(start.begin(), start.end()), Bytes(compressed.begin(), compressed.end()),
                 Bytes(frames.begin(), frames.end())});
}

std::uint64_t plain_size(const PackTable& table) {
  if (table.segments.empty()) return 0;
  return table.segments.back().plain_offset + table.segments.back().plain_length;
}

void decode_all(const PackTable& table, const ByteSource& pack, const MemorySource& base, bool has_slot) {
  if (plain_size(table) > plain_size_max) return;
  Assembler assembler(table, pack, &base);
  if (has_slot) assembler.use_written(base, base.size());
  WrittenImage written;  // of full packs without a slot
  for (std::size_t i = 0; i < std::min(table.segments.size(), segments_max); ++i) {
    if (!has_slot && !table.base_id) assembler.use_written(written, written.bytes.size());
    const Result<ByteView> bytes = assembler.decode(i);
    if (bytes && !table.base_id) written.bytes.insert(written.bytes.end(), bytes->begin(), bytes->end());
  }
}

}  // namespace
}  // namespace dunlin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dunlin;
  static const Bytes base_bytes = made_image(20'000, 2, 1).image;  // maps can open something of it
  static const MemorySource base(base_bytes);
  const ByteView input(data, size);
  if (input.empty()) return 0;
  const bool is_sealed = (input[0] & 0x80) != 0;
  const Bytes bytes = is_sealed ? sealed(input, base_bytes) : Bytes(input.begin() + 1, input.end());
  const MemorySource pack(bytes);
  (void)parse_pack_index(pack).has_value();
  const Result<PackTable> table = parse_pack_table(pack);
  if (table) decode_all(*table, pack, base, (input[0] & 0x40) != 0);
  return 0;
}
