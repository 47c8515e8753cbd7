#pragma once
// Images and packs for the tests of this folder: small, made from seeds, kept in memory.
#include "core/content/assembler.h"
#include "core/encode/pack_encoder.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/made_bytes.h"
#include "tests/fakes/written_image.h"

namespace dunlin {

struct EncodedPack {
  Bytes bytes;
  EncodeSummary summary;
};

// A low level by default: what is tested here does not depend on it.
inline EncodeOptions quick() {
  EncodeOptions options;
  options.level = 1;
  return options;
}

inline Result<EncodedPack> encode(const ByteSource& target, const ByteSource* base,
                                  const EncodeOptions& options = quick()) {
  FakeDisk disk;
  std::unique_ptr<File> file = std::move(*disk.open("/pack", OpenMode::replace));
  Result<EncodeSummary> summary = base == nullptr ? encode_full_pack(target, *file, options)
                                                  : encode_delta_pack(target, *base, *file, options);
  if (!summary) return fail(std::move(summary.error()));
  return EncodedPack{*disk.get("/pack"), *summary};
}

inline Bytes full_pack(const Bytes& target) {
  Result<EncodedPack> pack = encode(MemorySource(target), nullptr);
  EXPECT_TRUE(pack.has_value());
  return pack ? pack->bytes : Bytes();
}

inline Bytes delta_pack(const Bytes& target, const Bytes& base) {
  const MemorySource base_source(base);
  Result<EncodedPack> pack = encode(MemorySource(target), &base_source);
  EXPECT_TRUE(pack.has_value());
  return pack ? pack->bytes : Bytes();
}

// All segments in order, then the whole compared with the target's id, as an installer does.
inline Result<Bytes> decode(const ByteSource& pack, const ByteSource* base) {
  Result<PackTable> table = parse_pack_table(pack);
  if (!table) return fail(std::move(table.error()));
  Assembler assembler(*table, pack, base);
  WrittenImage image;
  Result<void> written = write_segments(assembler, 0, table->segments.size(), image);
  if (!written) return fail(std::move(written.error()));
  if (sha256(image.bytes) != table->target_id) return fail(ErrorKind::bad_image, "the whole image differs");
  return image.bytes;
}

inline Result<Bytes> decode(const Bytes& pack) {
  return decode(MemorySource(pack), nullptr);
}

inline Result<Bytes> decode(const Bytes& pack, const Bytes& base) {
  const MemorySource base_source(base);
  return decode(MemorySource(pack), &base_source);
}

}  // namespace dunlin
