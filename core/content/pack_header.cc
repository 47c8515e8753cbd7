#include "core/content/pack_header.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/content/pack_format.h"

namespace dunlin {

namespace {

constexpr std::size_t check_size = 4;  // bytes of the SHA-256 over everything before them
constexpr std::size_t reserved_size = 12;
constexpr std::size_t checked_size = pack_header_size - check_size;

ByteView header_check(const Digest& digest) {
  return ByteView(digest.bytes).first(check_size);
}

Digest read_digest(ByteReader& reader) {
  Digest digest;
  const ByteView bytes = reader.bytes(digest.bytes.size());
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

// Asked in this order so that a pack from the future is named as such and not as damaged.
Result<void> check_envelope(ByteView bytes) {
  if (bytes.size() < pack_header_size)
    return fail(ErrorKind::bad_image, "pack header: " + std::to_string(bytes.size()) + " bytes, needs " +
                                          std::to_string(pack_header_size));
  if (as_text(bytes.first(pack_magic.size())) != pack_magic)
    return fail(ErrorKind::bad_image, "not a dunlin pack: the file does not begin with DUNLINPK");
  const Digest digest = sha256(bytes.first(checked_size));
  if (!std::ranges::equal(header_check(digest), bytes.subspan(checked_size, check_size)))
    return fail(ErrorKind::bad_image,
                "pack header: damaged, its checksum does not match: fetch the pack again");
  return {};
}

Result<void> check_version(std::uint32_t version, std::uint32_t features) {
  if (version != pack_version)
    return fail(ErrorKind::bad_image, "pack header: format version " + std::to_string(version) +
                                          " is not known, this program reads version " +
                                          std::to_string(pack_version) + ": update dunlin first");
  const std::uint32_t unknown = features & ~pack_features_known;
  if (unknown != 0)
    return fail(ErrorKind::bad_image,
                "pack header: the pack needs features this program does not have (bits " +
                    std::to_string(unknown) + "): update dunlin first");
  return {};
}

std::uint32_t features_of(const PackHeader& header) {
  return (header.base_id ? pack_feature_base : 0) | (header.has_differences ? pack_feature_difference : 0) |
         (header.is_expanded ? pack_feature_expand : 0) | (header.has_earlier ? pack_feature_earlier : 0);
}

Result<void> check_sizes(const PackHeader& header) {
  if (header.table_length > pack_table_size_max || header.table_decoded_length > pack_table_size_max)
    return fail(ErrorKind::bad_image, "pack header: the segment table is larger than 16 MiB");
  if (header.pack_size < header.table_end())
    return fail(ErrorKind::bad_image, "pack header: the pack ends before its segment table does");
  return {};
}

}  // namespace

std::array<std::uint8_t, pack_header_size> to_bytes(const PackHeader& header) {
  ByteWriter writer;
  writer.bytes(as_bytes(pack_magic));
  writer.u32(pack_version);
  writer.u32(features_of(header));
  writer.u64(header.target_size);
  writer.bytes(header.target_id.bytes);
  writer.u64(header.base_size);
  writer.bytes(header.base_id.value_or(Digest{}).bytes);
  writer.u64(header.pack_size);
  writer.u32(header.table_length);
  writer.u32(header.table_decoded_length);
  writer.bytes(header.table_digest.bytes);
  writer.bytes(Bytes(reserved_size));
  CHECK(writer.written().size() == checked_size);
  writer.bytes(header_check(sha256(writer.written())));
  std::array<std::uint8_t, pack_header_size> bytes{};
  std::ranges::copy(writer.written(), bytes.begin());
  return bytes;
}

Result<PackHeader> parse_pack_header(ByteView bytes) {
  Result<void> envelope = check_envelope(bytes);
  if (!envelope) return fail(std::move(envelope.error()));
  ByteReader reader(bytes.first(checked_size));
  reader.bytes(pack_magic.size());
  const std::uint32_t version = reader.u32();
  const std::uint32_t features = reader.u32();
  Result<void> known = check_version(version, features);
  if (!known) return fail(std::move(known.error()));
  PackHeader header;
  header.target_size = reader.u64();
  header.target_id = read_digest(reader);
  header.base_size = reader.u64();
  const Digest base_id = read_digest(reader);
  header.pack_size = reader.u64();
  header.table_length = reader.u32();
  header.table_decoded_length = reader.u32();
  header.table_digest = read_digest(reader);
  const bool reserved_is_zero = all_zero(reader.bytes(reserved_size));
  CHECK(reader.ok() && reader.at_end());
  const bool has_base = (features & pack_feature_base) != 0;
  if (has_base) header.base_id = base_id;
  if (!has_base && (header.base_size != 0 || base_id != Digest{}))
    return fail(ErrorKind::bad_image, "pack header: a full pack names a base image");
  header.has_differences = (features & pack_feature_difference) != 0;
  header.is_expanded = (features & pack_feature_expand) != 0;
  header.has_earlier = (features & pack_feature_earlier) != 0;
  if (!has_base && (features & ~pack_feature_earlier) != 0)
    return fail(ErrorKind::bad_image, "pack header: a full pack has features that need a base image");
  if (has_base && header.has_earlier)
    return fail(ErrorKind::bad_image, "pack header: a delta pack has a feature of full packs");
  if (!reserved_is_zero) return fail(ErrorKind::bad_image, "pack header: reserved bytes are not zero");
  Result<void> sizes = check_sizes(header);
  if (!sizes) return fail(std::move(sizes.error()));
  return header;
}

}  // namespace dunlin
